"""The tables of the store in memory, with the merge rules of ClickHouse.

States: AggregatingMergeTree, each register the greatest (version, value). Counts: ReplacingMergeTree, the
highest version stays, of equals the last written. Events: ReplacingMergeTree by identity. `test_tables.py`
holds it against the real engine.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from schemas.contract import ENTITIES
from schemas.entity import Entity
from sinks.clickhouse.frames import state_schema
from streams.checkpoint import COUNT_COLUMNS, NO_CELLS, Epoch, Progress
from streams.shard import Shard
from tests.simulation.partitioner import partition_of

Row = dict[str, Any]
CONTENTS = 1000
NO_KEY = ("value", "version")


class Tables:
    """All rows, merged as they come. Every method is one request to the server."""

    def __init__(self) -> None:
        self.events: dict[tuple[Any, ...], Row] = {}
        self.states: dict[str, dict[str, Row]] = {name: {} for name in ENTITIES}
        self.counts: dict[str, dict[tuple[Any, ...], Row]] = {cube: {} for cube in COUNT_COLUMNS}
        self.progress: dict[tuple[str, int, int], int] = {}
        self.epochs: dict[str, list[Epoch]] = {}

    def newest(self, topic: str) -> Epoch | None:
        """The epoch with the greatest number."""
        return max(self.epochs.get(topic, []), key=lambda epoch: epoch.number, default=None)

    def open(self, last: Epoch | None, content: Epoch) -> Epoch:
        """Open the epoch after `last`: whoever asks for the same content is given the same number."""
        digits = zlib.crc32(repr((content.identity, content.partitions, content.fingerprint)).encode())
        number = ((last.number // CONTENTS if last else 0) + 1) * CONTENTS + digits % CONTENTS
        opened = Epoch(content.topic, number, content.identity, content.partitions, content.fingerprint)
        known = self.epochs.setdefault(content.topic, [])
        if opened not in known:
            known.append(opened)
        return opened

    def add_events(self, frame: pl.DataFrame) -> None:
        """Insert into `events`."""
        for row in frame.iter_rows(named=True):
            self.events[row["entity"], row["subject"], row["source"], row["id"]] = row

    def add_states(self, entity: str, frame: pl.DataFrame) -> None:
        """Insert into the state table of an entity."""
        table = self.states[entity]
        for row in frame.iter_rows(named=True):
            held = table.setdefault(row["subject"], row)
            if held is not row:
                table[row["subject"]] = {name: self.merged(held[name], value) for name, value in row.items()}

    def merged(self, held: Any, new: Any) -> Any:
        """SimpleAggregateFunction(max, ...) of two stored values of a column."""
        return max(held, new, key=rank)

    def add_counts(self, cube: str, frame: pl.DataFrame) -> tuple[dict[tuple[Any, ...], Row], set[Any]]:
        """Insert into a count table; returns the rows by key, and the keys of those that stay."""
        table, taken = self.counts[cube], set()
        rows = {
            tuple(value for name, value in row.items() if name not in NO_KEY): row
            for row in frame.iter_rows(named=True)
        }
        for key, row in rows.items():
            if key not in table or table[key]["version"] <= row["version"]:
                table[key] = row
                taken.add(key)
        return rows, taken

    def retire(self, topic: str) -> list[int]:
        """Drop the counts of epochs older than the newest whose shards are all written."""
        written = [
            epoch.number
            for epoch in self.epochs.get(topic, [])
            if all((topic, epoch.number, shard) in self.progress for shard in range(epoch.partitions))
        ]
        current = max(written, default=0)
        old = {
            row["epoch"] for table in self.counts.values() for row in table.values() if row["topic"] == topic
        }
        retired = sorted(number for number in old if number < current)
        for cube, table in self.counts.items():
            kept = {key: r for key, r in table.items() if r["topic"] != topic or r["epoch"] not in retired}
            self.counts[cube] = kept
        return retired

    def add_progress(self, reached: Iterable[Progress]) -> None:
        """Insert into `progress`."""
        for p in reached:
            key = (p.epoch.topic, p.epoch.number, p.partition)
            self.progress[key] = max(p.next_offset, self.progress.get(key, 0))

    def progress_of(self, epoch: Epoch) -> dict[Shard, int]:
        """The next offsets up to which counts of the epoch are complete."""
        ours = (epoch.topic, epoch.number)
        return {Shard(t, p): offset for (t, e, p), offset in self.progress.items() if (t, e) == ours}

    def states_of(self, entity: Entity, epoch: Epoch, partition: int) -> dict[str, Row]:
        """The states that belong to a shard: where last folded, if that log had as many partitions."""
        known = {e.number for e in self.epochs.get(epoch.topic, []) if e.partitions == epoch.partitions}
        return {
            subject: row
            for subject, row in self.states[entity.name].items()
            if _home(entity, row, known, epoch.partitions) == partition
        }

    def counts_of(self, cube: str, epoch: Epoch, partition: int) -> list[Row]:
        """The cells of a shard in an epoch."""
        ours = (epoch.topic, epoch.number, partition)
        return [
            row
            for row in self.counts[cube].values()
            if (row["topic"], row["epoch"], row["partition"]) == ours
        ]


def rank(held: Any) -> tuple[Any, ...]:
    """What is compared: ClickHouse orders tuples and strings (by bytes) as Python does."""
    return tuple(held.values()) if isinstance(held, Mapping) else (held,)


def _home(entity: Entity, row: Row, known: set[int], partitions: int) -> int:
    if row["partition"]["version"] in known:
        return int(row["partition"]["value"])
    key = row[entity.lies_with]["value"] if entity.lies_with else ""
    return partition_of(key or row["subject"], partitions)


def state_frame(entity: Entity, rows: Collection[Row]) -> pl.DataFrame:
    """States as a store returns them."""
    schema = state_schema(entity)
    if not rows:
        return _empty(entity)
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)


@cache
def _empty(entity: Entity) -> pl.DataFrame:
    return pl.DataFrame(schema=state_schema(entity))


def count_frame(cube: str, rows: Sequence[Row]) -> pl.DataFrame:
    """Cells as a store returns them."""
    return pl.DataFrame(rows, schema=COUNT_COLUMNS[cube]) if rows else NO_CELLS[cube]
