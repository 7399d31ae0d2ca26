"""A store in memory with the merge rules of the tables: fast enough for thousands of checkpoints."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from schemas.contract import ENTITIES
from sinks.clickhouse.frames import state_schema
from streams.checkpoint import CLAIM, COUNT_COLUMNS, Checkpoint, Cubes, Epoch, Store
from streams.shard import Shard
from tests.summaries import month_of, summary

VALUES = ("version", "value")
Rows = dict[tuple[Any, ...], dict[str, Any]]


class FakeStore(Store):
    """States merge register by register; of a cell the highest version stays, the last written of equals."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {name: {} for name in (*Cubes._fields, *ENTITIES)}
        self.opened: list[Epoch] = []
        self.reached: dict[tuple[Epoch, int], int] = {}

    def epoch(self, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
        content = (topic, identity, partitions, fingerprint)
        ours = [epoch for epoch in self.opened if epoch.topic == topic]
        if not ours or (topic, ours[-1].identity, ours[-1].partitions, ours[-1].fingerprint) != content:
            ours.append(Epoch(topic, len(ours) + 1, identity, partitions, fingerprint))
            self.opened.append(ours[-1])
        return ours[-1]

    def states(self, entity: str, epoch: Epoch, partition: int) -> pl.DataFrame:
        del epoch  # the tests have as many shards in every epoch
        rows = [row for row in self.rows[entity].values() if row["partition"]["value"] == partition]
        return _states(entity, rows)

    def state_pages(
        self, entity: str, epoch: Epoch, partitions: Sequence[int]
    ) -> Iterator[dict[int, pl.DataFrame]]:
        found = {partition: self.states(entity, epoch, partition) for partition in partitions}
        for start in range(0, max(map(len, found.values())), 2):
            yield {partition: states[start : start + 2] for partition, states in found.items()}

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        held = self.rows[entity]
        return _states(entity, [held[subject,] for subject in subjects if (subject,) in held])

    def claims(self, epoch: Epoch, partitions: Sequence[int]) -> dict[int, int]:
        rows = [row for row in self._of("hourly", epoch, partitions) if row["measure"] == CLAIM]
        return {row["partition"]: row["version"] for row in rows}

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        return {cube: summary(self._of(cube, epoch, partitions)) for cube in Cubes._fields}

    def cells(self, cube: str, epoch: Epoch, partitions: Sequence[int], month: int) -> pl.DataFrame:
        rows = [row for row in self._of(cube, epoch, partitions) if month_of(row["bucket"]) == month]
        return pl.DataFrame(rows, schema=COUNT_COLUMNS[cube])

    def counts(self, epoch: Epoch, partition: int) -> Cubes:
        """All cells of a shard."""
        found = (
            pl.DataFrame(self._of(cube, epoch, [partition]), schema=schema)
            for cube, schema in COUNT_COLUMNS.items()
        )
        return Cubes(*found)

    def _of(self, cube: str, epoch: Epoch, partitions: Sequence[int]) -> list[dict[str, Any]]:
        ours = [(epoch.topic, epoch.number, partition) for partition in partitions]
        return [r for r in self.rows[cube].values() if (r["topic"], r["epoch"], r["partition"]) in ours]

    def progress(self, epoch: Epoch) -> dict[Shard, int]:
        return {
            Shard(epoch.topic, shard): offset for (of, shard), offset in self.reached.items() if of == epoch
        }

    def write(self, checkpoint: Checkpoint) -> None:
        for entity, frame in checkpoint.states.items():
            for row in frame.iter_rows(named=True):
                self._merge_state(entity, row)
        for name, frame in checkpoint.counts._asdict().items():
            for row in frame.iter_rows(named=True):
                self._replace_cell(self.rows[name], row)
        for p in checkpoint.progress:
            key = (p.epoch, p.partition)
            self.reached[key] = max(p.next_offset, self.reached.get(key, 0))

    def retire(self, topic: str) -> list[int]:
        complete = [
            epoch.number
            for epoch in self.opened
            if epoch.topic == topic and len(self.progress(epoch)) >= epoch.partitions
        ]
        counted = {row["epoch"] for row in self._cells() if row["topic"] == topic}
        old = sorted(number for number in counted if number < max(complete, default=0))
        for name in Cubes._fields:
            kept = {k: r for k, r in self.rows[name].items() if r["topic"] != topic or r["epoch"] not in old}
            self.rows[name] = kept
        return old

    def _cells(self) -> list[dict[str, Any]]:
        return [row for name in Cubes._fields for row in self.rows[name].values()]

    def _merge_state(self, entity: str, row: dict[str, Any]) -> None:
        held = self.rows[entity].setdefault((row["subject"],), row)
        for name, value in row.items():
            held[name] = max(held[name], value, key=_rank)

    def _replace_cell(self, rows: Rows, row: dict[str, Any]) -> None:
        key = tuple(value for name, value in row.items() if name not in VALUES)
        if key not in rows or rows[key]["version"] <= row["version"]:
            rows[key] = row


def _states(entity: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = state_schema(ENTITIES[entity])
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


def _rank(held: Any) -> tuple[Any, ...]:
    return tuple(held.values()) if isinstance(held, dict) else (held,)
