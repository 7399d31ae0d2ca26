"""The engine between Kafka and the store: durable, then committed (design, invariant 5); nothing is lost."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl
import pytest

import streams.engine
from streams.checkpoint import Epoch
from streams.shard import Fatal, Shard
from streams.topics import NotYetError, TopicLog
from tests.streams.engines import FOR_EVER, Bench
from tests.streams.fake_store import FakeStore
from tests.streams.folding import cells, recounted, to_records
from tests.streams.test_zombies import LOG, received
from tests.streams.workers import TOPIC

RECORDS = to_records(LOG)
BAD = b'{"id":"079099001234"}'
HOME = Shard(TOPIC, 0)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams.engine, "FIRST_RETRY_SECONDS", 0.0)


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def counted(bench: Bench) -> Any:
    store = bench.kept
    assert isinstance(store, FakeStore)
    return cells(*(store.counts(store.opened[-1], shard.partition) for shard in bench.shards))


def test_events_and_dead_letters_are_durable_before_the_offset_is_committed() -> None:
    async def story() -> None:
        bench = Bench(checkpoint_rows=10)
        await bench.assign()
        bench.journal.clear()
        await bench.process([*RECORDS[:5], BAD, None])
        assert bench.journal == []
        await bench.process(RECORDS[5:8])
        assert bench.journal == ["store", "letters", "commit"]
        assert bench.committed == {HOME: 10}
        assert [(letter.offset, letter.reason) for letter in bench.written] == [(5, "missing"), (6, "empty")]
        await bench.flush()
        assert bench.journal[3:] == [], "nothing is pending"
        assert counted(bench) == recounted(LOG[:8])

    run(story)


def test_a_load_whose_shards_were_lost_meanwhile_writes_nothing_but_its_claim() -> None:
    """Its states may be of before the next owner's."""

    async def story() -> None:
        store, reading, lost = HeldUp(), asyncio.Event(), threading.Event()
        store.hold(reading, lost)
        bench = Bench(store)
        loading = asyncio.create_task(bench.assign())
        await reading.wait()
        loading.cancel()
        await bench.engine.revoke()
        lost.set()
        await bench.engine.assign({})  # the store's thread has ended with the load
        assert bench.journal == ["store"]
        assert store.reached == {}
        await bench.assign()
        assert bench.journal == ["store"] * 3, "the claim, then what is counted"

    run(story)


class HeldUp(FakeStore):
    """A store that answers what cells it has when it is let."""

    def hold(self, reading: asyncio.Event, free: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        self._reading, self._free = partial(loop.call_soon_threadsafe, reading.set), free

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        self._reading()
        self._free.wait()
        return super().summaries(epoch, partitions)


@pytest.mark.parametrize("where", ["store", "letters"])
def test_while_a_sink_is_away_work_waits_and_nothing_is_committed(where: str) -> None:
    async def story() -> None:
        bench = Bench(partitions=2, checkpoint_rows=4)
        await bench.assign()
        sink = getattr(bench, where)
        sink.failing = FOR_EVER
        first = asyncio.create_task(bench.process([*RECORDS[:4], BAD]))
        await sink.often.wait()
        others = [asyncio.create_task(bench.process(RECORDS[4:8], 1))]
        others += [asyncio.create_task(bench.flush())]
        sink.often.clear()
        await sink.often.wait()
        assert not any(task.done() for task in [first, *others]), "so no shard goes on: memory is bounded"
        assert (bench.committed, bench.engine._pending.rows) == ({}, 4)
        sink.failing = 0
        await asyncio.gather(first, *others)
        assert bench.committed == {HOME: 5, Shard(TOPIC, 1): 4}
        assert [letter.offset for letter in bench.written] == [4]
        assert counted(bench) == recounted(LOG[:8])

    run(story)


def test_a_shard_is_loaded_when_the_store_is_back() -> None:
    async def story() -> None:
        bench = Bench()
        bench.store.failing = 12
        await bench.assign()
        await bench.process(RECORDS)
        await bench.flush()
        assert counted(bench) == recounted(LOG)

    run(story)


def test_a_shard_is_loaded_when_kafka_answers_about_its_topic_again() -> None:
    async def story() -> None:
        bench = Bench()
        answered, silences = bench.engine._logs, iter([NotYetError("no controller")] * 3)

        def asked(topics: Iterable[str]) -> Mapping[str, TopicLog]:
            for silence in silences:
                raise silence
            return answered(topics)

        bench.engine._logs = asked
        await bench.assign()
        await bench.process(RECORDS)
        await bench.flush()
        assert counted(bench) == recounted(LOG)

    run(story)


@pytest.mark.parametrize("fails", [0, 1])
def test_a_cancelled_flush_loses_nothing(fails: int) -> None:
    """Its cells are not marked any more; the next flush writes them first, as they were."""

    async def story() -> None:
        bench = Bench()
        await bench.assign()
        await bench.process([*RECORDS[:9], BAD])
        bench.journal.clear()
        bench.store.begun.clear()
        bench.store.free.clear()
        bench.store.failing = fails
        flush = asyncio.create_task(bench.flush())
        await bench.store.begun.wait()
        flush.cancel()
        assert isinstance((await asyncio.gather(flush, return_exceptions=True))[0], asyncio.CancelledError)
        bench.store.free.set()
        assert bench.committed == {}
        await bench.process(RECORDS[9:])
        await bench.flush()
        assert bench.journal[-5:] == ["store", "letters", "commit", "store", "commit"]
        assert bench.committed == {HOME: len(RECORDS) + 1}
        assert [letter.offset for letter in bench.written] == [9]
        assert counted(bench) == recounted(LOG)

    run(story)


@pytest.mark.parametrize("limit", [{"dead_letter_run": 5}, {"dead_letter_ratio": 0.001}])
def test_beyond_the_limits_nothing_of_the_batch_is_committed_or_told(limit: dict[str, Any]) -> None:
    async def story() -> None:
        bench = Bench(**({"checkpoint_rows": 10_000} | limit))
        await bench.assign()
        await bench.process([*RECORDS[:3], BAD])
        with pytest.raises(Fatal, match="Nothing was committed"):
            await bench.process([*RECORDS[3:6], *[BAD] * 4, *RECORDS[6:9], *[BAD] * 1000])
        assert (bench.committed, bench.written) == ({}, [])
        await bench.flush()
        assert (bench.committed, len(bench.written)) == ({HOME: 4}, 1), "only what came before"
        assert counted(bench) == recounted(LOG[:3])

    run(story)


def test_revoked_shards_are_dropped_and_read_again() -> None:
    async def story() -> None:
        bench = Bench()
        await bench.assign()
        await bench.process(RECORDS[:5])
        await bench.flush()
        await bench.process(RECORDS[5:7])
        await bench.engine.revoke()
        await bench.flush()
        assert bench.committed == {HOME: 5}
        await bench.assign(p0=5)
        await bench.process(RECORDS[5:])
        await bench.flush()
        assert counted(bench) == recounted(LOG)

    run(story)


def test_batches_without_an_event() -> None:
    async def story() -> None:
        bench = Bench(checkpoint_rows=2)
        await bench.assign()
        for values in ([], [None], [None, BAD], [b"\n", b"\xff", b"[", b"{}" * 70_000]):
            await bench.process(values)
        assert bench.committed == {HOME: 7}
        assert [letter.offset for letter in bench.written] == list(range(7))
        assert counted(bench) == ({}, {}, {}, {})

    run(story)


def test_shards_checkpoint_together() -> None:
    async def story() -> None:
        bench = Bench(partitions=3, checkpoint_rows=6)
        await bench.assign()
        bench.journal.clear()
        for number in range(6):
            await bench.process(to_records([received(100 + number)]), number % 3)
        assert bench.journal == ["store", "commit"]
        assert set(bench.committed.values()) == {2}

    run(story)
