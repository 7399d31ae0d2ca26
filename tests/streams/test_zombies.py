"""Workers that are lost, or held up and go on too late: the counts of the last one stand."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.checkpoint import Epoch, StoreError
from tests.strategies import event_streams
from tests.streams.fake_store import FakeStore
from tests.streams.folding import Json, cells, recounted, to_records
from tests.streams.workers import STEPS, TOPIC, Worker, part

WHEN = "2022-07-01T08:15:00+07:00"


def event(name: str, number: int, minute: int, **data: Any) -> Json:
    return {
        "specversion": "1.0",
        "id": f"{name}-{number}-{minute}",
        "source": "/h51/one-stop",
        "type": f"vn.reform.dossier.{name}.v1",
        "subject": f"H51.18-220701-{number:04d}",
        "time": f"2022-07-01T08:{minute:02d}:00+07:00",
        "data": data,
    }


def received(number: int) -> Json:
    return event("received", number, 15, agency="H51.18")


def counted(store: FakeStore) -> Any:
    return cells(store.counts(store.opened[-1], 0))


LOG = [received(number) for number in range(20)]
ENOUGH = to_records(LOG)


def test_three_workers_lost_one_after_the_other() -> None:
    """The states are ahead of the stored counts, those are ahead of the offset, and batches get smaller."""
    store = FakeStore()
    store.write(Worker(store, ENOUGH).fold(10))  # lost before the commit
    store.write(part(Worker(store, ENOUGH).fold(20), "events", "states"))  # lost before the counts
    last = Worker(store, ENOUGH)
    for until in (8, 20):
        last.write(until)
    assert counted(store) == recounted(LOG)


def test_states_ahead_of_a_quiet_log_are_counted() -> None:
    """Nothing more may come for a night: what is stored has to be right at once."""
    store = FakeStore()
    Worker(store, ENOUGH).write(10)
    store.write(part(Worker(store, ENOUGH, committed=10).fold(20), "events", "states"))
    Worker(store, ENOUGH, committed=10)
    assert counted(store) == recounted(LOG)


@pytest.mark.parametrize("until", [8, 10, 12, 20])
def test_a_worker_held_up_before_its_counts_writes_them_after_two_others(until: int) -> None:
    store = FakeStore()
    late = Worker(store, ENOUGH).fold(10)
    store.write(part(late, "events", "states"))
    store.write(part(Worker(store, ENOUGH).fold(20), "events", "states"))
    last = Worker(store, ENOUGH)
    last.write(until)
    store.write(late)
    last.write(20)
    assert counted(store) == recounted(LOG)


def test_a_worker_that_wrote_nothing_yet_loses_to_the_next_all_the_same() -> None:
    """The store holds no count by which the two could be told apart, but for the claim."""
    store = FakeStore()
    late = Worker(store, ENOUGH).fold(15)
    last = Worker(store, ENOUGH)
    store.write(part(last.fold(10), "events", "states", "hourly"))
    store.write(part(late, "hourly"))
    rows = store.counts(store.opened[-1], 0)[0].filter(measure="dossiers_received")
    assert rows["value"].to_list() == [10]


def test_the_next_owner_mends_what_came_late_to_a_cell_that_was_not_written_again() -> None:
    """A cell that rose and fell within one batch of the new owner was never changed for it."""
    log = [received(1), event("voided", 1, 16)]
    store = FakeStore()
    late = Worker(store, to_records(log)).fold(1)
    Worker(store, to_records(log)).write(2)
    store.write(late)
    Worker(store, to_records(log), committed=2)
    assert counted(store) == recounted(log)


class Meanwhile(FakeStore):
    """Does something, once, when a worker that has read the states asks for the counts."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = None

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        todo, self.meanwhile = self.meanwhile, None
        if todo:
            todo()
        return super().summaries(epoch, partitions)


def test_a_worker_held_up_while_it_loads_goes_on_when_another_has_the_shard() -> None:
    """Between states and counts: its claim came first, so that it loses, and it notices."""
    store = Meanwhile()
    Worker(store, ENOUGH).write(10)
    owners: list[Worker] = []

    def overtake() -> None:
        owners.append(Worker(store, ENOUGH, committed=10))
        owners[0].write(15)

    store.meanwhile = overtake
    with pytest.raises(StoreError, match="was claimed anew"):
        Worker(store, ENOUGH, committed=10)
    owners[0].write(20)
    assert counted(store) == recounted(LOG)


def test_every_owner_has_a_generation_of_its_own() -> None:
    store = FakeStore()
    found = [Worker(store, ENOUGH).ledger.generation for _ in range(3)]
    assert found == [1, 2, 3]


@settings(max_examples=25)
@given(st.data(), event_streams("dossier", max_size=12))
def test_any_number_of_workers_lost_at_any_step(data: st.DataObject, stream: list[Json]) -> None:
    """Each reads on from the last commit, with other batches; the last one comes to the end of the log."""
    store, log, committed = FakeStore(), to_records(stream), 0
    for _ in range(data.draw(st.integers(0, 4))):
        worker = Worker(store, log, committed)
        while worker.ledger.next_offset < len(log):
            made = worker.fold(data.draw(st.integers(worker.ledger.next_offset + 1, len(log))))
            done = data.draw(st.integers(0, len(STEPS)))
            store.write(part(made, *STEPS[:done]))
            if done < len(STEPS) or data.draw(st.booleans()):
                break  # lost; if all was written, before the commit
            committed = worker.ledger.next_offset
    last = Worker(store, log, committed)
    while last.ledger.next_offset < len(log):
        last.write(data.draw(st.integers(last.ledger.next_offset + 1, len(log))))
    assert counted(store) == recounted(stream)
    assert store.progress(store.opened[-1])[TOPIC, 0] == len(log)
