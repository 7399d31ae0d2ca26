"""The engine: the processor behind the Faust agents. Batches in, checkpoints out, then the offsets.

The order is fixed: fold, write events, states and counts, write dead letters, commit (design, invariant 5).
A failing write is tried again here until it succeeds; meanwhile batches pile up only to a checkpoint's size,
then `process` waits, and with it the partition.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from schemas.instant import to_datetime
from streams import metrics
from streams.checkpoint import Store, StoreError
from streams.clock import Clock, system_clock
from streams.dead_letter import DeadLetter, DeadLetters
from streams.decode import Decoded, Decoder
from streams.domain import Domain
from streams.errand import Errand
from streams.exporter import Exporter
from streams.facts import Facts
from streams.ledger import Ledger
from streams.meter import Meter
from streams.pending import Pending, Unwritten
from streams.recovery import look_up, recover
from streams.refusals import Limits
from streams.replay import event_rows
from streams.settings import Settings
from streams.shard import Batch, Commit, Fatal, Shard

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST_RETRY_SECONDS = 0.2


class Log(Protocol):
    """What the engine asks about a topic's log."""

    @property
    def identity(self) -> str:
        """Changes when the topic is created anew."""

    @property
    def partitions(self) -> int:
        """How many partitions it has."""


def _nothing(shard: Shard, start: int, end: int) -> bool:
    del shard, start, end
    return False


def older_store(shard: Shard, reached: int, offset: int) -> Fatal:
    """The verdict on a store that lacks what was committed: going on would leave it out for ever."""
    return Fatal(
        f"{shard.topic}, partition {shard.partition}: offset {offset} was committed, but the store has events"
        f" up to {reached} only. It is older than the offsets (restored from a backup?). Nothing was changed."
        " To fold again what it lacks, run `reform-pulse rebuild --from-topics`."
    )


class Engine:
    """Folds the shards of one worker and keeps them durable. All calls come from one event loop."""

    def __init__(
        self,
        settings: Settings,
        domain: Domain,
        store: Store,
        letters: DeadLetters,
        logs: Callable[[Iterable[str]], Mapping[str, Log]],
        clock: Clock = system_clock,
        exporter: Exporter | None = None,
        holds: Callable[[Shard, int, int], bool] = _nothing,
    ) -> None:
        """`logs`: asks the broker about topics. `exporter`: shows the province to Prometheus.

        holds: whether a shard's log has records between two offsets. `logs` and it block, raise StoreError.
        """
        self._settings, self._domain, self._clock = settings, domain, clock
        self._store, self._letters, self._logs, self._holds = store, letters, logs, holds
        self._decoders: dict[str, Decoder] = {}
        self._ledgers: dict[Shard, Ledger] = {}
        self._tenure = 0  # how often shards were dropped
        self._limits: dict[Shard, Limits] = {}
        self._pending = Pending()
        self._unwritten: Unwritten | None = None
        self._oldest = 0  # when Kafka accepted the oldest event of what is unwritten
        self.folded = self.refused = 0  # events since the start
        self.durable_at = 0  # microseconds since 1970 UTC; when the last checkpoint was committed
        self.errand = Errand()
        self._meter, self._exporter = Meter(settings.gauge_sources), exporter
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "store")  # one thread: writes and loads keep their order

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        """Load the shards from the store."""
        self._drop()
        topics = sorted({shard.topic for shard in committed})
        logs = await self._stubbornly(lambda: self._logs(topics))
        told = partial(self._further, self._tenure)
        for topic in topics:
            offsets = {
                s.partition: offset or 0 for s, offset in sorted(committed.items()) if s.topic == topic
            }
            recovered = await self._stubbornly(partial(self._recover, topic, logs[topic], offsets, told))
            self._ledgers |= {Shard(topic, partition): ledger for partition, ledger in recovered.items()}
        ratio, run = self._settings.dead_letter_ratio, self._settings.dead_letter_run
        self._limits = {shard: Limits(shard, ratio, run) for shard in self._ledgers}
        self._meter.holds(list(self._ledgers), self._clock())
        self._show(at_once=True)

    async def process(self, batch: Batch, commit: Commit) -> None:
        """Fold a batch; write a checkpoint when it is due."""
        decoded = self._decoder(batch.shard.topic).decode(batch.values, self._clock())
        self._check(batch, decoded)
        ledger = await self._complete(batch.shard, decoded.facts, commit)
        for entity, codes in ledger.fold(decoded.facts, batch.next_offset).items():
            if self._exporter:
                agency = self._domain.vocabulary.dictionary(entity, "agency")
                self._exporter.heard(agency, codes, self._clock())
        self._note(ledger, batch, decoded)
        if self._pending.rows >= self._settings.checkpoint_rows:
            await self.flush(commit)

    async def flush(self, commit: Commit) -> None:
        """Write what is pending, then commit."""
        async with self._turn:
            if self._unwritten:  # a cancelled flush left it behind; its cells are not marked any more
                await self._write(self._unwritten, commit)
            if self._pending.rows:
                self._unwritten, self._oldest = self._pending.take(), self._meter.taken()
                await self._write(self._unwritten, commit)
        self._show()

    async def revoke(self) -> None:
        """Drop all shards."""
        self._drop()
        self._meter.holds([], self._clock())
        self._show(at_once=True)

    def _drop(self) -> None:
        self._tenure += 1
        self._ledgers, self._limits = {}, {}
        self._pending, self._unwritten = Pending(), None
        self._meter.taken()

    def _show(self, *, at_once: bool = False) -> None:
        self._meter.pending(self._pending.rows)
        self._meter.states([ledger.sizes for ledger in self._ledgers.values()])
        if self._exporter:
            self._exporter.show(self._ledgers.values(), self._clock(), at_once=at_once)

    def _further(self, tenure: int) -> None:
        """Loading came further, in the store's thread, which goes on when it is not waited for any more."""
        if tenure != self._tenure:
            raise StoreError("the shards are no longer ours")
        self.errand.step()

    def _recover(
        self, topic: str, log_: Log, offsets: Mapping[int, int], told: Callable[[], None]
    ) -> dict[int, Ledger]:
        fingerprint = self._domain.catalogue.fingerprint(topic)
        epoch = self._store.epoch(topic, log_.identity, log_.partitions, fingerprint)
        progress = self._store.progress(epoch)
        for partition, offset in offsets.items():
            shard = Shard(topic, partition)
            reached = progress.get(shard, offset)
            if reached < offset and self._holds(shard, reached, offset):
                raise older_store(shard, reached, offset)
        days = self._settings.evict_after_days
        return recover(self._store, self._domain, epoch, offsets, days, told)

    async def _complete(self, shard: Shard, facts: Mapping[str, Facts], commit: Commit) -> Ledger:
        """The shard's ledger with all states that the facts are about, also those that had left memory."""
        ledger = self._ledgers[shard]
        while absent := ledger.absent(facts):  # others may leave while we wait for some
            states = await self._stubbornly(partial(look_up, self._store, absent))
            metrics.RESTORED.inc(sum(map(len, states.values())))
            if not ledger.restore(absent, states):
                log.warning("%s: a state was changed in the store since it was counted, loading anew", shard)
                metrics.RELOADED.inc()
                await self.flush(commit)
                offsets = {shard.partition: ledger.next_offset}
                told = partial(self._further, self._tenure)
                again = partial(recover, self._store, self._domain, ledger.epoch, offsets, told=told)
                ledger = (await self._stubbornly(again))[shard.partition]
                self._ledgers[shard] = ledger
        return ledger

    def _decoder(self, topic: str) -> Decoder:
        if topic not in self._decoders:
            self._decoders[topic] = Decoder(topic, self._domain.vocabulary)
        return self._decoders[topic]

    def _check(self, batch: Batch, decoded: Decoded) -> None:
        refused = np.zeros(len(batch.values), bool)
        refused[[item.position for item in decoded.refused]] = True
        last = str(decoded.refused[-1].refusal) if decoded.refused else ""
        self._limits[batch.shard].check(refused, last)

    def _note(self, ledger: Ledger, batch: Batch, decoded: Decoded) -> None:
        shard, offsets = batch.shard, np.array(batch.offsets, np.int64)
        now = to_datetime(self._clock())
        letters = [
            DeadLetter.of(shard, int(offsets[item.position]), item.source, item.refusal, now)
            for item in decoded.refused
        ]
        rows = event_rows(decoded.events, shard.topic, shard.partition, offsets)
        self._pending.add(ledger, len(batch.values), rows, letters)
        self.folded += decoded.events.height
        self.refused += len(letters)
        self._meter.batch(batch, decoded.events, letters, self._clock())

    async def _write(self, unwritten: Unwritten, commit: Commit) -> None:
        with metrics.CHECKPOINTS.time():
            await self._stubbornly(lambda: self._store.write(unwritten.checkpoint))
            if unwritten.letters:
                await self._stubbornly(lambda: self._letters.write(unwritten.letters))
        self._unwritten = None
        progress = unwritten.checkpoint.progress
        await commit({Shard(p.epoch.topic, p.partition): p.next_offset for p in progress})
        self.durable_at = self._clock()
        self._meter.durable(self._oldest, self.durable_at)
        for ledger in self._ledgers.values():  # what was folded meanwhile is busy, all else is in the store
            ledger.evict(self._settings.evict_after_days)

    async def _stubbornly(self, work: Callable[[], T]) -> T:
        """Do it in the store's thread; when the store cannot now, again and again, with longer pauses."""
        try:
            return await self._tried(work)
        finally:
            self.errand.end()

    async def _tried(self, work: Callable[[], T]) -> T:
        pause = FIRST_RETRY_SECONDS
        while True:
            self.errand.begin()
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
            except StoreError as error:
                self.errand.fail(str(error))
                metrics.FAILED_WRITES.inc()
                log.warning("cannot write now, next try in %.1f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.retry_seconds)
