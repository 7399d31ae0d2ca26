"""The stored cells of a shard: once a checkpoint of its owner is written, all of them are the oracle's."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from streams.checkpoint import Cubes
from streams.generation import OFFSET_BITS
from tests.simulation.tables import Row, Tables
from tests.simulation.world import World
from tests.simulation.writing import Expected, Load

Key = tuple[Any, ...]
KEYS = {"topic", "epoch", "partition", "value", "version"}


class StoredCells:
    """steps: how often cells were stored so far. overwritten: cells that a worker which had lost the shard

    overwrote late: of an older generation, after the owner had read them, and the owner has not written since
    it has the shard. The next recovery mends those.
    """

    def __init__(self, world: World, tables: Tables) -> None:
        self._world, self._tables = world, tables
        self._writers: dict[str, dict[Key, tuple[Load, int]]] = {cube: {} for cube in Cubes._fields}
        self.steps = self.overwritten = 0

    def counted(
        self, cube: str, writing: Sequence[Expected], put: Mapping[Key, Row], taken: Collection[Key]
    ) -> None:
        """Cells were put into the store; `taken`: the keys of those that stay."""
        self.steps += 1
        loads = {(e.load.epoch.topic, e.load.partition): e.load for e in writing}
        for key, row in put.items():
            if is_claim(row):
                continue
            load = loads[row["topic"], row["partition"]]
            load.wrote.add((cube, key))
            if key in taken:
                self._writers[cube][key] = (load, self.steps)

    def complete(self, writing: Sequence[Expected]) -> None:
        """A checkpoint is written: what is stored for its shards now?"""
        for e in writing:
            load = e.load
            superseded = self._tables.newest(load.epoch.topic) != load.epoch
            if load.newest and load.last is e and not superseded:
                for cube in Cubes._fields:
                    self._compare(cube, e)

    def _compare(self, cube: str, expected: Expected) -> None:
        load, left = expected.load, dict(expected.cells[cube])
        for key, row in self._tables.counts[cube].items():
            if (row["topic"], row["epoch"], row["partition"]) == (
                load.epoch.topic,
                load.epoch.number,
                load.partition,
            ) and not is_claim(row):
                value = left.pop(cell_of(row), 0)
                if value != row["value"]:
                    self._differs(cube, key, row, load, value)
        if left:
            raise self._world.fail(f"{cube} cells are missing in the store: {left}")

    def _differs(self, cube: str, key: Key, row: Row, load: Load, value: int) -> None:
        other, step = self._writers[cube][key]
        older = row["version"] >> OFFSET_BITS <= load.generation
        late = other is not load and older and step > load.counts_read and (cube, key) not in load.wrote
        if not late:
            raise self._world.fail(
                f"{cube} {cell_of(row)} is {row['value']} in the store, the oracle says {value} for"
                f" {load.process} at offset {load.start}.."
            )
        self.overwritten += 1


def cell_of(row: Row) -> Key:
    """The key of a cell in the oracle."""
    return tuple(value for name, value in row.items() if name not in KEYS)


def is_claim(row: Row) -> bool:
    """Whether a row counts nothing (streams.generation)."""
    return bool(row["measure"].startswith("("))
