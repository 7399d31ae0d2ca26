"""The engine: Kafka batches are decoded, folded into states, and derived into counts."""
