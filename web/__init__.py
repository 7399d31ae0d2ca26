"""What our HTTP services share: API keys, problem details, limits, request ids; knows schemas only."""
