"""The processor of raw topics: payloads of source systems in, events of the contract into their topics.

The order is fixed: convert, produce the events, produce the dead letters, and when Kafka has acknowledged all
of them, commit. A crash in between converts some payloads again, into the same events with the same ids,
which change nothing. How a payload is converted, and how events are produced, is handed in.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from schemas.instant import to_datetime
from streams import metrics
from streams.checkpoint import StoreError
from streams.clock import Clock, system_clock
from streams.dead_letter import DeadLetter, DeadLetters
from streams.errand import Errand
from streams.refusals import Limits
from streams.settings import Settings
from streams.shard import Batch, Commit, Shard

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.2


class Record(NamedTuple):
    """An event on its way into Kafka."""

    topic: str
    key: str
    value: bytes


class RefusedPart(NamedTuple):
    """Why a part of a payload gave no events; nothing in it but what may be told."""

    reason: str
    vi: str
    en: str
    field: str
    value: str


@dataclass
class Outcome:
    """What came of one payload. noticed: habits of the sender, counted."""

    source: str
    records: list[Record] = field(default_factory=list)
    refused: list[RefusedPart] = field(default_factory=list)
    noticed: Mapping[str, int] = field(default_factory=dict)


Convert = Callable[[bytes, int, int], Outcome]
"""Payload, now, and when it arrived; never raises for the payload."""

Produce = Callable[[Sequence[Record]], None]
"""Blocks until all are acknowledged; raises StoreError, then do it again."""


class RawProcessor:
    """A `Processor` for raw topics. converters: by topic."""

    def __init__(
        self,
        settings: Settings,
        converters: Mapping[str, Convert],
        produce: Produce,
        letters: DeadLetters,
        clock: Clock = system_clock,
    ) -> None:
        self._settings, self._converters, self._clock = settings, converters, clock
        self._produce, self._letters = produce, letters
        self._limits: dict[Shard, Limits] = {}
        self._thread = ThreadPoolExecutor(1, "raw")
        self.errand = Errand()

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        """Nothing is held between batches but the limits on refusing."""
        ratio, run = self._settings.dead_letter_ratio, self._settings.dead_letter_run
        self._limits = {shard: Limits(shard, ratio, run) for shard in committed}

    async def process(self, batch: Batch, commit: Commit) -> None:
        """Convert a batch, produce what came of it, commit."""
        outcomes = await self._in_thread(lambda: self._convert(batch))
        letters = self._dead_letters(batch, outcomes)
        self._check(batch, outcomes)
        records = [record for outcome in outcomes for record in outcome.records]
        await self._stubbornly(lambda: self._produce(records))
        await self._stubbornly(lambda: self._letters.write(letters))
        await commit({batch.shard: batch.next_offset})
        self._meter(batch.shard.topic, outcomes)

    async def flush(self, commit: Commit) -> None:
        """Nothing waits: a batch is whole when `process` returns."""

    async def revoke(self) -> None:
        """Nothing is held."""
        self._limits = {}

    def _convert(self, batch: Batch) -> list[Outcome]:
        convert = self._converters[batch.shard.topic]
        return [
            convert(value, self._clock(), (batch.accepted_at or self._clock()) + place)
            if value is not None
            else Outcome("")
            for place, value in enumerate(batch.values)
        ]

    def _dead_letters(self, batch: Batch, outcomes: Sequence[Outcome]) -> list[DeadLetter]:
        now, shard = to_datetime(self._clock()), batch.shard
        return [
            DeadLetter(*shard, offset, outcome.source, *part, now)
            for offset, outcome in zip(batch.offsets, outcomes, strict=True)
            for part in outcome.refused
        ]

    def _check(self, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        """Raises Fatal when payload after payload is refused as a whole."""
        refused = np.array([bool(o.refused) and not o.records for o in outcomes], bool)
        words = [f"{part.vi} / {part.en}" for outcome in outcomes for part in outcome.refused]
        self._limits[batch.shard].check(refused, words[-1] if words else "")

    def _meter(self, topic: str, outcomes: Sequence[Outcome]) -> None:
        name = topic.rpartition(".")[2]
        metrics.RAW_EVENTS.labels(name).inc(sum(len(outcome.records) for outcome in outcomes))
        for outcome in outcomes:
            for part in outcome.refused:
                metrics.RAW_REFUSED.labels(name, part.reason).inc()
            for habit, number in outcome.noticed.items():
                metrics.RAW_NOTICED.labels(name, habit).inc(number)

    async def _in_thread(self, work: Callable[[], list[Outcome]]) -> list[Outcome]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _stubbornly(self, work: Callable[[], None]) -> None:
        """Do it; when Kafka cannot now, again and again, with longer pauses."""
        pause = FIRST_RETRY_SECONDS
        try:
            while True:
                self.errand.begin()
                try:
                    return await asyncio.get_running_loop().run_in_executor(self._thread, work)
                except StoreError as error:
                    self.errand.fail(str(error))
                    log.warning("cannot produce now, next try in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._settings.retry_seconds)
        finally:
            self.errand.end()
