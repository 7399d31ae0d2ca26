"""The verdict of `verify` where Prometheus sees it: a file for node_exporter's textfile collector.

`verify` runs from time to time and ends; the file stays, so that an alert can tell that nobody verified.
"""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from schemas.instant import MICROSECONDS
from streams import metrics
from streams.clock import Clock, system_clock


def write_verdict(file: Path, different: int, clock: Clock = system_clock) -> None:
    """Replace the file in one step. Raises OSError."""
    registry = CollectorRegistry()
    for metric, value in ((metrics.VERIFIED, clock() / MICROSECONDS), (metrics.DIFFERENCES, different)):
        Gauge(metric.name, metric.meaning, registry=registry).set(value)
    write_to_textfile(str(file), registry)
