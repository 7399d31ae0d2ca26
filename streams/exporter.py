"""Exports a worker's snapshot of the province to Prometheus.

The engine computes the snapshot in its event loop, where ledgers stand still; a scrape only reads it.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.catalogue import Catalogue
from schemas.instant import MICROSECONDS
from streams import metrics
from streams.dictionary import Dictionary
from streams.gauges import Snapshot, snapshot
from streams.given import Given
from streams.hourly import tables
from streams.index import Numbers
from streams.ledger import Ledger
from streams.metrics import Metric
from streams.settings import Settings
from streams.window import parse

SHARE = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """A value with its labels, in the order of the metric's."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


class Exporter(Collector):
    """The province's gauges of one worker. Call `collect` from any thread, the rest from the event loop."""

    def __init__(self, settings: Settings, catalogue: Catalogue, given: Given | None = None) -> None:
        """`given`: targets from reference data. Raises ValueError for windows that cannot be read."""
        self._given = given
        self._catalogue, self._windows = catalogue, parse(settings.gauge_windows)
        self._rolling = (settings.gauge_depth, settings.gauge_agencies)
        self._every, self._pause = int(settings.gauge_seconds * MICROSECONDS), 0
        self._heard: dict[str, int] = {}
        self._snapshot: Snapshot | None = None
        self._samples: tuple[Sample, ...] = ()

    def heard(self, agency: Dictionary, codes: Numbers, now: int) -> None:
        """Note that states of these agencies (by code, before roll-up) have changed."""
        for name in agency.strings(np.unique(codes).astype(np.uint32)):
            self._heard[name] = now

    def show(self, ledgers: Iterable[Ledger], now: int, *, at_once: bool = False) -> None:
        """Compute the snapshot again if it is due; it never takes more than a twentieth of the time."""
        if not at_once and self._snapshot and 0 <= now - self._snapshot.time < max(self._every, self._pause):
            return
        begun = time.perf_counter()
        own = self._given.targets() if self._given else None
        made = snapshot(self._catalogue, list(tables(ledgers)), self._windows, now, self._rolling, own)
        self._snapshot, self._samples = made, tuple(self._of(made))
        self._pause = int((time.perf_counter() - begun) * MICROSECONDS * SHARE)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metrics, for `prometheus_client`."""
        families: dict[str, GaugeMetricFamily] = {}
        for sample in self._samples:
            metric = sample.metric
            if metric.name not in families:
                families[metric.name] = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
            families[metric.name].add_metric(sample.labels, sample.value)
        yield from families.values()

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: names are checked by the catalogue, and there is no snapshot yet."""
        return []

    def _of(self, made: Snapshot) -> Iterator[Sample]:
        province = [Sample(metrics.MEASURE, key, value) for key, value in made.measures.items()]
        province += [Sample(metrics.STOCK, key, value) for key, value in made.stocks.items()]
        province += [Sample(metrics.TARGET, key, value) for key, value in made.targets.items()]
        province += [
            Sample(metrics.AGENCY_HEARD, (k,), v / MICROSECONDS) for k, v in self._last(made).items()
        ]
        yield from province
        yield Sample(metrics.AGENCIES, (), made.agencies.own)
        yield Sample(metrics.ROLLED_UP, (), made.agencies.moved)
        yield Sample(metrics.SERIES, (), len(province))
        yield Sample(metrics.SHOWN, (), made.time / MICROSECONDS)

    def _last(self, made: Snapshot) -> dict[str, int]:
        """When each label was last heard of."""
        last: dict[str, int] = {}
        for code, moment in self._heard.items():
            label = made.agencies.labels.get(code)
            if label is not None:
                last[label] = max(moment, last.get(label, 0))
        return last
