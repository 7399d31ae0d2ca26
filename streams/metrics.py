"""The Prometheus metrics of a worker; every event is counted in exactly one of the first two."""

from prometheus_client import Counter, Gauge, Histogram

FOLDED = Counter("reform_pulse_events_folded", "Events folded into states.", ["topic"])
REFUSED = Counter(
    "reform_pulse_events_refused", "Events sent to the dead letters.", ["topic", "source", "reason"]
)
CHECKPOINTS = Histogram("reform_pulse_checkpoint_seconds", "Duration of a checkpoint's writes.")
FAILED_WRITES = Counter("reform_pulse_failed_writes", "Writes that had to be tried again.")
SHARDS = Gauge("reform_pulse_shards", "Shards that this worker holds.")
