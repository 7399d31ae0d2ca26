"""What brings events in: feeds, adapters, the sender."""
