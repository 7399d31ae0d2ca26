"""The owner and its tenure, without a broker: what may be committed, and what a release waits for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from streams.errand import Errand
from streams.owner import Owner
from streams.shard import Batch, Commit, Fatal, Shard
from streams.tenure import Tenure
from streams.transport.fetch import Chunk

A, B = Shard("t", 0), Shard("t", 1)


def chunk(shard: Shard, start: int, stop: int) -> Chunk:
    return Chunk(start, Batch(shard, [b""] * (stop - start), list(range(start, stop)), stop))


class FakeLog:
    """Takes every commit."""

    def __init__(self) -> None:
        self.owner: Owner
        self.commits: list[Mapping[Shard, int]] = []
        self.seeks = 0

    async def force_commit(self) -> bool:
        assert self.owner.tenure is not None
        due = self.owner.tenure.due()
        self.commits.append(due)
        self.owner.tenure.confirm(due)
        return True

    async def abandon_commit(self) -> None:
        pass

    async def perform_seek(self) -> None:
        self.seeks += 1


class Fake:
    """A processor whose `process` is given."""

    def __init__(self, process: Callable[[Batch, Commit], Awaitable[None]]) -> None:
        self._process = process
        self.errand = Errand()
        self.calls: list[str] = []
        self.commit: Commit | None = None

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        self.calls.append(f"assign {sorted(committed.values(), key=str)}")

    async def process(self, batch: Batch, commit: Commit) -> None:
        self.calls.append(f"process {batch.offsets[0]}")
        self.commit = commit
        await self._process(batch, commit)

    async def flush(self, commit: Commit) -> None:
        del commit
        self.calls.append("flush")

    async def revoke(self) -> None:
        self.calls.append("revoke")


async def at_once(batch: Batch, commit: Commit) -> None:
    await commit({batch.shard: batch.next_offset})


async def stuck(*_: object) -> None:
    await asyncio.Event().wait()


def owner(processor: Fake) -> tuple[Owner, FakeLog, list[Fatal]]:
    log, failures = FakeLog(), list[Fatal]()
    log.owner = Owner(processor, failures.append, lambda: log)
    return log.owner, log, failures


async def taken(processor: Fake) -> tuple[Owner, FakeLog, list[Fatal]]:
    mine = owner(processor)
    await mine[0].take({A: 10, B: None}, {A: 0, B: 5})
    return mine


def test_only_batches_in_turn_are_processed() -> None:
    async def story() -> None:
        fake = Fake(at_once)
        mine, log, _ = await taken(fake)
        for start in (0, 10, 10, 30, 20):
            await mine.run(chunk(A, start, start + 10))
        await mine.run(chunk(B, 5, 7))
        assert fake.calls[1:] == ["process 10", "process 20", "process 5"]
        assert log.commits == [{A: 20}, {A: 30}, {B: 7}]
        assert log.seeks == 3

    asyncio.run(story())


def test_release_flushes_then_revokes_and_late_commits_do_nothing() -> None:
    async def story() -> None:
        fake = Fake(at_once)
        mine, log, _ = await taken(fake)
        await mine.run(chunk(A, 10, 20))
        await mine.release(1)
        assert fake.calls[-2:] == ["flush", "revoke"]
        await mine.take({A: 10, B: None}, {A: 0, B: 5})
        assert fake.commit is not None
        await fake.commit({A: 20})
        assert log.commits == [{A: 20}]

    asyncio.run(story())


def test_release_cancels_a_stuck_batch_and_does_not_flush_it() -> None:
    async def story() -> None:
        fake = Fake(stuck)
        mine, log, failures = await taken(fake)
        running = asyncio.create_task(mine.run(chunk(A, 10, 20)))
        await asyncio.sleep(0)
        await mine.release(0.01)
        await running
        assert fake.calls[-1] == "revoke"
        assert "flush" not in fake.calls
        assert log.commits == []
        assert failures == []

    asyncio.run(story())


def test_nothing_happens_after_a_failure() -> None:
    async def story() -> None:
        fake = Fake(at_once)
        mine, log, failures = await taken(fake)
        mine.fail(Fatal("first"))
        mine.fail(Fatal("second"))
        await mine.run(chunk(A, 10, 20))
        await mine.release(1)
        assert fake.calls[1:] == ["revoke"]
        assert log.commits == []
        assert [str(failure) for failure in failures] == ["first"]

    asyncio.run(story())


def test_a_release_cancels_the_loading_of_shards() -> None:
    class Slow(Fake):
        async def assign(self, committed: Mapping[Shard, int | None]) -> None:
            del committed
            await asyncio.Event().wait()

    async def story() -> None:
        fake = Slow(at_once)
        mine, _, failures = owner(fake)
        loading = asyncio.create_task(mine.take({A: 1}, {A: 0}))
        await asyncio.sleep(0)
        await mine.release(1)
        await loading
        assert not mine.ready
        assert fake.calls == ["revoke"]
        assert failures == []

    asyncio.run(story())


def test_an_offset_that_was_never_delivered_is_refused() -> None:
    tenure = Tenure({A: 10}, {A: 0})
    with pytest.raises(ValueError, match="11 was never delivered"):
        tenure.mark({A: 11})
    tenure.mark({B: 99})
    assert tenure.due() == {}


def test_the_committed_offset_never_goes_back() -> None:
    tenure = Tenure({A: 10}, {A: 0})
    assert tenure.accept(10, chunk(A, 10, 20).batch)
    tenure.mark({A: 20})
    tenure.mark({A: 15})
    assert tenure.due() == {A: 20}
    tenure.confirm({A: 20})
    assert tenure.due() == {}


def test_a_batch_without_events_is_committed_once_all_before_it_is() -> None:
    """The marker that ends a transaction is no event, and must not seem to wait for ever."""
    tenure = Tenure({A: 10}, {A: 0})
    for start, stop in ((10, 20), (20, 21), (21, 22)):
        batch = Batch(A, [b""] * (stop - start - 1), list(range(start, stop - 1)), stop)
        assert tenure.accept(start, batch)
        if not batch.values:
            tenure.skip(start, batch)
    assert tenure.due() == {}, "the events before it are not durable yet"
    tenure.mark({A: 20})
    assert tenure.due() == {A: 22}
    tenure.confirm({A: 22})
    more = Batch(A, [], [], 23)
    assert tenure.accept(22, more)
    tenure.skip(22, more)
    assert tenure.due() == {A: 23}
    events = Batch(A, [b""], [23], 24)
    assert tenure.accept(23, events)
    assert tenure.due() == {A: 23}, "what was never folded is not passed over"
