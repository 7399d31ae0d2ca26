"""The tables in memory against ClickHouse: what a whole simulation has written, read back from both."""

import pytest

from schemas.contract import entities_of
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import Checkpoint, Epoch
from tests.simulation.partitioner import partition_of
from tests.simulation.simulation import simulate
from tests.simulation.store import SimulatedStore
from tests.simulation.tables import Tables, count_frame, state_frame
from tests.stores import emptied

SEED = 43


class Recorded:
    """All epochs opened and checkpoints begun in a simulation, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.epochs: list[Epoch] = []
        self.checkpoints: list[Checkpoint] = []
        write, open_ = SimulatedStore.write, Tables.open

        def note_write(store: SimulatedStore, checkpoint: Checkpoint) -> None:
            self.checkpoints.append(checkpoint)
            write(store, checkpoint)

        def note_open(tables: Tables, last: Epoch | None, content: Epoch) -> Epoch:
            self.epochs.append(open_(tables, last, content))
            return self.epochs[-1]

        monkeypatch.setattr(SimulatedStore, "write", note_write)
        monkeypatch.setattr(Tables, "open", note_open)


def test_the_tables_merge_as_clickhouse_does(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch)
    assert not simulate(SEED).failure
    tables, store = Tables(), emptied()
    for epoch in dict.fromkeys(recorded.epochs):
        tables.epochs.setdefault(epoch.topic, []).append(epoch)
        insert_epoch(store, epoch)
    for checkpoint in recorded.checkpoints[::-1]:  # the other way round: merging does not care
        put(tables, checkpoint)
        store.write(checkpoint)
    assert len(recorded.checkpoints) > 5
    for epoch in tables.epochs["reform.dossiers"]:
        for partition in range(epoch.partitions):
            compare(tables, store, epoch, partition)


def insert_epoch(store: ClickHouseStore, epoch: Epoch) -> None:
    rows = [[epoch.topic, epoch.number, epoch.identity, epoch.partitions, epoch.fingerprint]]
    columns = ["topic", "epoch", "identity", "partitions", "fingerprint"]
    store.client.insert("epochs", rows, column_names=columns)


def put(tables: Tables, checkpoint: Checkpoint) -> None:
    for entity, frame in checkpoint.states.items():
        tables.add_states(entity, frame)
    for cube, frame in checkpoint.counts._asdict().items():
        tables.add_counts(cube, frame)


def compare(tables: Tables, store: ClickHouseStore, epoch: Epoch, partition: int) -> None:
    for entity in entities_of(epoch.topic):
        ours = state_frame(entity, tables.states_of(entity, epoch, partition).values()).sort("subject")
        assert ours.equals(store.states(entity.name, epoch, partition).sort("subject"))
    for cube, theirs in store.counts(epoch, partition)._asdict().items():
        ours = count_frame(cube, tables.counts_of(cube, epoch, partition))
        assert ours.sort(ours.columns).equals(theirs.sort(ours.columns))


@pytest.mark.parametrize("partitions", [1, 3, 8])
def test_keys_lie_where_clickhouse_says(partitions: int) -> None:
    keys = ["", "a", "dossier-1", "H51.18-220701-0001", "văn-bản-3", *(f"k{n}" for n in range(50))]
    query = "SELECT arrayMap(k -> kafkaMurmurHash(k) % {n:UInt8}, {keys:Array(String)})"
    client = emptied().client
    ((theirs,),) = client.query(query, parameters={"n": partitions, "keys": keys}).result_rows
    assert [partition_of(key, partitions) for key in keys] == list(theirs)
