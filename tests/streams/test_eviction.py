"""States that leave memory: whatever comes later, whenever they left, the counts are those of a recount."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streams.engine
from schemas.instant import DAY
from streams.evicted import Evicted
from streams.subjects import Digests, Subjects, digests
from tests.strategies import valid_events
from tests.streams.engines import Bench
from tests.streams.fake_store import FakeStore
from tests.streams.folding import Json, cells, recounted, to_records
from tests.streams.workers import Worker, part


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams.engine, "FIRST_RETRY_SECONDS", 0.0)


def event(kind: str, number: int, day: str, **data: Any) -> Json:
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}-{day}",
        "source": "/h51/one-stop",
        "type": f"vn.reform.dossier.{kind}.v1",
        "subject": f"H51.18-220701-{number:04d}",
        "time": f"2022-{day}T08:00:00+07:00",
        "data": data,
    }


RECEIVED = [event("received", n, "07-01", agency="H51.18", channel="online") for n in range(6)]
MONTHS_LATER = [event("received", 6, "10-20", agency="H51.18")]
LATE = [event("ended", 3, "07-02", outcome="granted", agency="H51.18")]
LATE[0]["data"].pop("agency")


def counted(bench: Bench) -> Any:
    store = bench.kept
    assert isinstance(store, FakeStore)
    return cells(*(store.counts(store.opened[-1], shard.partition) for shard in bench.shards))


def sizes(bench: Bench) -> list[tuple[int, int]]:
    return [ledger.sizes for ledger in bench.engine._ledgers.values()]


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


async def grown_old(**options: Any) -> Bench:
    """A worker out of whose memory six dossiers have gone, and one is there."""
    bench = Bench(evict_after_days=30, **options)
    await bench.assign()
    for events in (RECEIVED, MONTHS_LATER):
        await bench.process(to_records(events))
        await bench.flush()
    assert sizes(bench) == [(1, 6)]
    assert counted(bench) == recounted(RECEIVED + MONTHS_LATER)
    return bench


def test_a_late_event_finds_a_state_that_has_left_memory() -> None:
    async def story() -> None:
        bench = await grown_old()
        await bench.process(to_records(LATE))
        assert sizes(bench) == [(2, 6)]
        await bench.flush()
        assert counted(bench) == recounted(RECEIVED + MONTHS_LATER + LATE)
        assert bench.journal.count("look up") == 1

    run(story)


def test_what_is_not_written_yet_does_not_leave() -> None:
    async def story() -> None:
        bench = Bench(evict_after_days=30)
        await bench.assign()
        bench.store.free.clear()  # the write of the first batch hangs, and meanwhile others come
        await bench.process(to_records(MONTHS_LATER))
        writing = asyncio.create_task(bench.flush())
        await bench.store.begun.wait()
        await bench.process(to_records(RECEIVED))
        bench.store.free.set()
        await writing
        assert sizes(bench) == [(7, 0)]

    run(story)


def test_while_the_store_is_away_a_late_event_waits() -> None:
    async def story() -> None:
        bench = await grown_old()
        bench.look_ups.failing = 3
        await bench.process(to_records(LATE))
        await bench.flush()
        assert bench.look_ups.failed == 3
        assert counted(bench) == recounted(RECEIVED + MONTHS_LATER + LATE)

    run(story)


def test_what_is_idle_when_a_shard_is_loaded_is_counted_and_left_where_it_is() -> None:
    async def story() -> None:
        first = await grown_old()
        second = Bench(first.kept, evict_after_days=30)
        await second.assign(p0=7)
        ((held, evicted),) = sizes(second)
        assert held + evicted == 7
        assert evicted > 0
        await second.process(to_records(LATE))
        await second.flush()
        assert counted(second) == recounted(RECEIVED + MONTHS_LATER + LATE)

    run(story)


def test_a_state_that_another_has_written_to_since_it_left_is_counted_anew() -> None:
    """The lost owner of the shard wrote a late event's state; its counts lose, and we read that event too."""

    async def story() -> None:
        bench = await grown_old()
        lost = Worker(FakeStore(), to_records(RECEIVED + MONTHS_LATER + LATE))
        bench.kept.write(part(lost.fold(8), "states"))
        await bench.process(to_records(LATE))
        await bench.flush()
        assert counted(bench) == recounted(RECEIVED + MONTHS_LATER + LATE)
        assert sizes(bench) == [(2, 5)], "all were loaded, and five left again"

    run(story)


def weak(subjects: pl.Series) -> Digests:
    """Hashes of which the first is nearly always the same."""
    whole = digests(subjects)
    return Digests(whole.first & 1, whole.second)


topic = st.lists(valid_events("dossier") | valid_events("payment"), min_size=8, max_size=25)


@pytest.mark.parametrize("hashes", [digests, weak])
@settings(max_examples=25)
@given(st.data(), topic)
def test_counts_are_those_of_a_recount_whenever_states_leave(
    hashes: Callable[[pl.Series], Digests], data: st.DataObject, stream: list[Json]
) -> None:
    async def story() -> None:
        bench, folded = Bench(evict_after_days=1), 0
        await bench.assign()
        while folded < len(stream):
            size = data.draw(st.integers(1, 3))
            await bench.process(to_records(stream[folded : folded + size]))
            folded = min(folded + size, len(stream))
            match data.draw(st.sampled_from(["flush", "flush", "go on", "other worker"])):
                case "flush":
                    await bench.flush()
                case "other worker":
                    await bench.flush()
                    bench = Bench(bench.kept, evict_after_days=1)
                    await bench.assign(p0=folded)
        await bench.flush()
        assert counted(bench) == recounted(stream)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streams.states.digests", hashes)
        patch.setattr("streams.states.DAY", DAY // 2)  # the events are of three days: let more states leave
        asyncio.run(story())


@given(st.lists(st.lists(st.text(max_size=2), max_size=20), max_size=5), st.sampled_from([digests, weak]))
@settings(max_examples=40)
def test_no_two_subjects_share_a_row(
    batches: list[list[str]], hashes: Callable[[pl.Series], Digests]
) -> None:
    subjects, known = Subjects(), dict[str, int]()
    for batch in batches:
        texts = pl.Series(batch, dtype=pl.String)
        assert subjects.known(hashes(texts)).tolist() == [text in known for text in batch]
        rows = subjects.rows(hashes(texts)).tolist()
        assert rows == [known.setdefault(text, row) for text, row in zip(batch, rows, strict=True)]
        assert sorted(known.values()) == list(range(len(subjects)))
    kept = [text for number, text in enumerate(known) if number % 3]
    rows_kept = sorted(known[text] for text in kept)
    subjects.keep(np.array(rows_kept, np.intp))
    everyone = pl.Series(list(known), dtype=pl.String)
    assert subjects.known(hashes(everyone)).tolist() == [text in kept for text in known]
    ours = subjects.rows(hashes(pl.Series(kept, dtype=pl.String))).tolist()
    assert ours == [rows_kept.index(known[text]) for text in kept]


def test_many_evicted_keep_their_digests() -> None:
    evicted, keys = Evicted(), np.arange(0, 90_000, 7)
    for some in np.array_split(keys, 5):
        evicted.add(some, some.astype(np.uint64) * np.uint64(3))
    assert len(evicted) == len(keys)
    assert evicted.agrees(keys, keys.astype(np.uint64) * np.uint64(3)).all()
    assert not evicted.agrees(keys, keys.astype(np.uint64)).all()
    assert not evicted.has(keys + 1).any()
