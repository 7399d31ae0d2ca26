"""The catalogue of Prometheus metrics: name, kind, labels, unit, meaning. docs/metrics.md follows from it.

Numbers of the province are gauges that add up over workers: numerators, denominators, stocks; never ratios.
Every event is counted in exactly one of `FOLDED` and `REFUSED`.
"""

from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import Counter, Gauge, Histogram


class Kind(StrEnum):
    """What sort of metric it is; a counter's samples end in `_total`."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. group: where it stands in the documentation. adds: whether it is summed over workers."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    group: str = "pipeline"
    adds: bool = True

    @property
    def sample(self) -> str:
        """The name that queries use."""
        return f"{self.name}_total" if self.kind is Kind.COUNTER else self.name


CATALOGUE: dict[str, Metric] = {}


def _of(
    name: str, kind: Kind, meaning: str, *labels: str, unit: str, group: str = "pipeline", adds: bool = True
) -> Metric:
    CATALOGUE[name] = Metric(name, kind, meaning, labels, unit, group, adds)
    return CATALOGUE[name]


def _counter(name: str, meaning: str, *labels: str, unit: str, group: str = "pipeline") -> Counter:
    metric = _of(name, Kind.COUNTER, meaning, *labels, unit=unit, group=group)
    return Counter(metric.name, metric.meaning, metric.labels)


def _gauge(name: str, meaning: str, *labels: str, unit: str, adds: bool = True) -> Gauge:
    metric = _of(name, Kind.GAUGE, meaning, *labels, unit=unit, adds=adds)
    return Gauge(metric.name, metric.meaning, metric.labels)


def _histogram(name: str, meaning: str, *buckets: float, unit: str, group: str = "pipeline") -> Histogram:
    metric = _of(name, Kind.HISTOGRAM, meaning, unit=unit, group=group)
    return Histogram(metric.name, metric.meaning, buckets=buckets)


FOLDED = _counter("reform_pulse_events_folded", "Events folded into states.", "topic", unit="events")
REFUSED = _counter(
    "reform_pulse_events_refused",
    "Events sent to the dead letters. The first `gauge_sources` sources have a label of their own.",
    "topic",
    "source",
    "reason",
    unit="events",
)
BATCHES = _histogram(
    "reform_pulse_batch_events", "Events of one fetch and shard.", 1, 10, 100, 1e3, 1e4, 1e5, unit="events"
)
CHECKPOINTS = _histogram(
    *("reform_pulse_checkpoint_seconds", "Duration of a checkpoint's writes."),
    *(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    unit="seconds",
)
FRESHNESS = _histogram(
    "reform_pulse_freshness_seconds",
    "From when Kafka took the oldest event of a checkpoint (its record timestamp) until it is durable.",
    *(0.5, 1, 2, 3, 5, 10, 30, 60, 300, 3600),
    unit="seconds",
)
FAILED_WRITES = _counter("reform_pulse_failed_writes", "Writes that had to be tried again.", unit="writes")
SHARDS = _gauge("reform_pulse_shards", "Shards that this worker holds.", unit="shards")
TASKS = _gauge(
    "reform_pulse_tasks", "Tasks of the worker's event loop; if they only rise, some never end.", unit="tasks"
)
PENDING = _gauge("reform_pulse_pending_events", "Events folded or refused, not durable yet.", unit="events")
STATES = _gauge("reform_pulse_states", "States in memory.", unit="states")
EVICTED = _gauge(
    "reform_pulse_evicted_states",
    "States that have left memory since their shard was loaded (`evict_after_days`).",
    unit="states",
)
RESTORED = _counter(
    "reform_pulse_restored_states", "States that came back from the store for an event.", unit="states"
)
RELOADED = _counter(
    "reform_pulse_reloaded_shards",
    "Shards loaded anew because a state had been changed in the store after it had left memory.",
    unit="shards",
)
LAG = _gauge(
    "reform_pulse_lag",
    "Events between the committed offset and the end of the log.",
    *("topic", "partition"),
    unit="events",
)
CHECKPOINTED = _gauge(
    "reform_pulse_last_checkpoint_time",
    "When a checkpoint was last committed, or the shards were loaded.",
    unit="Unix time",
    adds=False,
)
SOURCE_HEARD = _gauge(
    "reform_pulse_source_last_event_time",
    "When an event of the source was last folded; unknown sources share the label `other`.",
    "source",
    unit="Unix time",
    adds=False,
)

MEASURE = _of(
    "reform_pulse_measure",
    Kind.GAUGE,
    "A measure over a window that ends now: hours, the running one included, or days, today included.",
    *("measure", "agency", "window"),
    unit="see the measure",
    group="province",
)
STOCK = _of(
    *("reform_pulse_stock", Kind.GAUGE, "A stock as of now.", "stock", "agency"),
    unit="see the stock",
    group="province",
)
TARGET = _of(
    *(
        "reform_pulse_target",
        Kind.GAUGE,
        "The target of a KPI today; agency `*`: of all without their own.",
    ),
    *("kpi", "agency"),
    unit="ratio",
    adds=False,
    group="province",
)
AGENCY_HEARD = _of(
    *("reform_pulse_agency_last_event_time", Kind.GAUGE, "When a state of the agency last changed."),
    "agency",
    unit="Unix time",
    adds=False,
    group="province",
)
AGENCIES = _of(
    *("reform_pulse_agencies", Kind.GAUGE, "Agencies with a label of their own."),
    unit="agencies",
    adds=False,
    group="province",
)
ROLLED_UP = _of(
    *("reform_pulse_agencies_rolled_up", Kind.GAUGE),
    "Agencies counted under an agency above them, or `other`, because of `gauge_depth` or `gauge_agencies`.",
    unit="agencies",
    adds=False,
    group="province",
)
SERIES = _of(
    *("reform_pulse_series", Kind.GAUGE, "Samples of the province's gauges that this worker exports."),
    unit="series",
    group="province",
)
SHOWN = _of(
    *("reform_pulse_gauges_time", Kind.GAUGE, "When the province's gauges were last computed."),
    unit="Unix time",
    adds=False,
    group="province",
)

GATEWAY_ACCEPTED = _counter(
    *("reform_pulse_gateway_accepted", "Events that the gateway took and Kafka acknowledged.", "client"),
    unit="events",
    group="gateway",
)
GATEWAY_REFUSED = _counter(
    *("reform_pulse_gateway_refused", "Events that the gateway turned away.", "client", "reason"),
    unit="events",
    group="gateway",
)
GATEWAY_REQUESTS = _counter(
    *("reform_pulse_gateway_requests", "Requests for events that were answered.", "status"),
    unit="requests",
    group="gateway",
)
GATEWAY_SECONDS = _histogram(
    *("reform_pulse_gateway_seconds", "From the start of a request for events to its answer."),
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
    unit="seconds",
    group="gateway",
)

VERIFIED = _of(
    "reform_pulse_verified_time",
    Kind.GAUGE,
    "When `reform-pulse verify --metrics FILE` last ended, whatever it found.",
    unit="Unix time",
    group="verify",
    adds=False,
)
DIFFERENCES = _of(
    "reform_pulse_verify_differences",
    Kind.GAUGE,
    "Entries that differed then between stored and recounted.",
    unit="entries",
    group="verify",
    adds=False,
)

RAW_EVENTS = _counter(
    "reform_pulse_raw_events",
    "Events that an adapter made of raw payloads, acknowledged by Kafka.",
    "adapter",
    unit="events",
    group="sources",
)
RAW_REFUSED = _counter(
    "reform_pulse_raw_refused",
    "Raw records that gave no events, by reason.",
    "adapter",
    "reason",
    unit="records",
    group="sources",
)
RAW_NOTICED = _counter(
    "reform_pulse_raw_noticed",
    "Bad habits of senders that an adapter noticed.",
    "adapter",
    "habit",
    unit="records",
    group="sources",
)
