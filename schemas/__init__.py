"""The contract: events, entities, reference data. Imports nothing of ours."""
