"""What tests of the engine ask of a fold: its states and its cells as plain values, to compare."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from schemas.catalogue import Catalogue, load
from schemas.column import Column, Kind
from schemas.contract import ENTITIES, TOPICS, TYPES
from schemas.event import read
from schemas.instant import to_microseconds
from streams.checkpoint import Cubes
from streams.ledger import Ledger
from streams.memory import Memory
from streams.subjects import digests
from tests import naive
from tests.naive import NOW

CATALOGUE = load()
Json = dict[str, Any]
Cells = dict[tuple[Any, ...], int]
NO_KEY = ("topic", "epoch", "partition", "version", "value")


def to_records(events: Iterable[Mapping[str, Any]]) -> list[bytes]:
    return [json.dumps(event, ensure_ascii=False).encode() for event in events]


def folded(events: Iterable[Json], catalogue: Catalogue = CATALOGUE) -> Memory:
    """All in one chunk; nothing may be refused."""
    memory = Memory(catalogue)
    memory.fold(events)
    assert memory.refused == []
    return memory


def stored(ledgers: Iterable[Ledger], events: Iterable[Json]) -> dict[str, pl.DataFrame]:
    """All states as the state tables hold them, by entity, sorted. events: all that name their subjects."""
    subjects = pl.DataFrame(
        sorted({(TYPES[event["type"]].entity.name, event["subject"]) for event in events}),
        schema={"entity": pl.String, "subject": pl.String},
        orient="row",
    )
    frames: dict[str, list[pl.DataFrame]] = {}
    for ledger in ledgers:
        for name, page in ledger._pages.items():
            ours = subjects.filter(pl.col("entity") == name)["subject"]
            ours = ours.filter(pl.Series(page.states._subjects.known(digests(ours)), dtype=pl.Boolean))
            assert len(ours) == len(page.states)
            frames.setdefault(name, []).append(page.states.stored(page.states.rows(ours), ours))
    return {name: pl.concat(found).sort("subject") for name, found in frames.items()}


def states_of(memory: Memory, events: Iterable[Json]) -> dict[str, pl.DataFrame]:
    return stored(memory.ledgers.values(), events)


def same(ours: Mapping[str, pl.DataFrame], theirs: Mapping[str, pl.DataFrame]) -> bool:
    """Whether two sets of stored states are equal, versions included."""
    return ours.keys() == theirs.keys() and all(frame.equals(theirs[name]) for name, frame in ours.items())


def plain_states(frames: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], Json]:
    """What the oracle calls states: values by (entity, subject); unset columns are left out."""
    return {
        (name, row["subject"]): {
            column.name: value
            for column in ENTITIES[name].columns
            if (value := _plain(column, row[column.name])) is not None
        }
        for name, frame in frames.items()
        for row in frame.rows(named=True)
    }


def _plain(column: Column, held: Any) -> Any:
    value = held["value"] if isinstance(held, dict) else held
    if isinstance(value, datetime):
        value = to_microseconds(value)
    if value == column.kind.unset:
        return None
    return value == 2 if column.kind is Kind.FLAG else value


def cells(*counted: Cubes) -> tuple[Cells, ...]:
    """The cells of each cube that are not 0, summed over shards; the newest version of each counts."""
    return tuple(_summed(frames) for frames in zip(*counted, strict=True))


def _summed(frames: Iterable[pl.DataFrame]) -> Cells:
    rows = pl.concat(frames)
    shard = [name for name in rows.columns if name not in ("version", "value")]
    newest = rows.group_by(shard).agg(pl.col("value").sort_by("version").last())
    key = [name for name in rows.columns if name not in NO_KEY]
    summed = newest.group_by(key).agg(pl.col("value").sum()).filter(pl.col("value") != 0)
    return {tuple(row[:-1]): row[-1] for row in summed.iter_rows()}


def recounted(events: Iterable[Json], catalogue: Catalogue = CATALOGUE) -> tuple[Cells, ...]:
    """The cells by the naive engine: read one by one, a filter per measure."""
    states = naive.fold(read(record, NOW) for record in to_records(events))
    return cells(naive.cubes(catalogue, states, dict.fromkeys(TOPICS, 1)))
