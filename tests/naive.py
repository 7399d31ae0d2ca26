"""A naive engine for tests of what comes after it: a dict per state, one Polars filter per measure.

`checkpoint` folds events by the careful reader, one by one, and gives what a store has to hold then.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from schemas.catalogue import Catalogue, Measure
from schemas.column import LATEST_VERSION, Column, Kind, Merge
from schemas.contract import ENTITIES, TOPICS
from schemas.entity import Entity
from schemas.event import Event, read
from schemas.expression import plain_schema, polars_expression
from schemas.instant import OFFSET
from sinks.clickhouse.frames import state_schema
from streams.checkpoint import (
    COUNT_COLUMNS,
    EVENT_COLUMNS,
    Checkpoint,
    Cubes,
    Epoch,
    Progress,
    Store,
)

SHARDS = 2
NOW = 4_000_000_000_000_000
BUCKETS = {"hourly": "hour", "daily": "day", "agency_daily": "day", "monthly": "month"}
DIMENSIONS = ("procedure", "field", "kind")
Registers = dict[str, tuple[int, Any]]
States = dict[str, dict[str, Registers]]


def shard_of(subject: str) -> int:
    return sum(subject.encode()) % SHARDS


def version(column: Column, time: int) -> int:
    return {Merge.LAST: time, Merge.FIRST: LATEST_VERSION - time, Merge.MAX: 1}[column.merge]


def fold(events: Iterable[Event]) -> States:
    """Registers by entity, subject and column; a column never stated is (0, unset)."""
    states: States = {name: {} for name in ENTITIES}
    for event in events:
        unset = {c.name: (0, c.kind.unset) for c in event.entity.columns}
        state = states[event.entity.name].setdefault(event.subject, unset)
        for name, value in event.registers.items():
            rank = (version(event.entity.by_name[name], event.time), value)
            state[name] = max(state[name], rank)
    return states


def plain_value(column: Column, value: Any) -> Any:
    if column.kind is Kind.FLAG:
        return value == 2 if value else column.default
    if value == column.kind.unset:
        return None
    return value + OFFSET if column.kind is Kind.TIME else value


def plain(entity: Entity, states: Mapping[str, Registers]) -> pl.DataFrame:
    """What conditions see, and the shard."""
    columns = {
        c.name: pl.Series([plain_value(c, state[c.name][1]) for state in states.values()], strict=False).cast(
            plain_schema(entity)[c.name]
        )
        for c in entity.columns
    }
    return pl.DataFrame(columns | {"partition": [shard_of(subject) for subject in states]})


def contributions(measure: Measure, states: pl.DataFrame) -> pl.DataFrame:
    """One row per state that counts: the key of its cells and its amount."""
    used = [n for n in DIMENSIONS if n in measure.of.dimensions]
    at = pl.col(measure.at)
    day_of_cohort = pl.col(measure.cohort).cast(pl.Date) if measure.cohort else pl.lit(None, pl.Date)
    return states.filter(polars_expression(measure.where) & at.is_not_null()).select(
        topic=pl.lit(measure.of.topic),
        measure=pl.lit(measure.name),
        agency=pl.col("agency").fill_null(""),
        **{n: pl.col(n).fill_null("") if n in used else pl.lit("") for n in DIMENSIONS},
        cohort=day_of_cohort.fill_null(pl.date(1970, 1, 1)),
        hour=at.dt.truncate("1h").dt.replace_time_zone("Asia/Ho_Chi_Minh").dt.convert_time_zone("UTC"),
        day=at.cast(pl.Date),
        month=at.cast(pl.Date).dt.month_start(),
        partition=pl.col("partition").cast(pl.UInt32),
        value=pl.col(measure.sum).fill_null(0) if measure.sum else pl.lit(1, pl.Int64),
    )


def cubes(catalogue: Catalogue, states: States, epochs: Mapping[str, int]) -> Cubes:
    """The cells in version 1; epoch numbers by topic."""
    rows = [
        contributions(measure, plain(entity, states[name]))
        for name, entity in ENTITIES.items()
        if states[name]
        for measure in catalogue.of(name)
    ]
    found = pl.concat(rows) if rows else None
    return Cubes(
        **{cube: _cube(found, BUCKETS[cube], columns, epochs) for cube, columns in COUNT_COLUMNS.items()}
    )


def _cube(
    rows: pl.DataFrame | None, bucket: str, schema: Mapping[str, pl.DataType], epochs: Mapping[str, int]
) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema=schema)
    key = [n for n in schema if n not in ("epoch", "version", "value", "bucket")]
    summed = rows.group_by(*key, bucket=pl.col(bucket)).agg(pl.col("value").sum())
    numbers = pl.col("topic").replace_strict(dict(epochs), return_dtype=pl.UInt32)
    return summed.with_columns(epoch=numbers, version=1).select(list(schema)).cast(dict(schema))


def events_frame(events: Sequence[Event], records: Sequence[bytes]) -> pl.DataFrame:
    rows = [
        (e.entity.name, e.type, e.source, e.id, e.subject, e.time, e.entity.topic, shard_of(e.subject), n, r)
        for n, (e, r) in enumerate(zip(events, (record.decode() for record in records), strict=True))
    ]
    raw = EVENT_COLUMNS | {"time": pl.Int64()}
    return pl.DataFrame(rows, schema=raw, orient="row").with_columns(
        pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )


def state_frame(entity: Entity, states: Mapping[str, Registers]) -> pl.DataFrame:
    """States as `Checkpoint.states` has them."""
    schema = state_schema(entity)
    rows: list[dict[str, Any]] = []
    for subject, state in states.items():
        row: dict[str, Any] = {"subject": subject}
        for column in entity.columns:
            stated, value = state[column.name]
            row[column.name] = value if column.merge is Merge.MAX else {"version": stated, "value": value}
        rows.append(row)
    raw = {
        name: pl.Struct({"version": pl.Int64(), "value": _raw(type_)})
        if isinstance(type_, pl.Struct)
        else type_
        for name, type_ in schema.items()
    }
    frame = pl.DataFrame(rows, schema=raw).cast(dict(schema))
    shard = [{"version": 1, "value": shard_of(subject)} for subject in states]
    shards = pl.Series(shard, dtype=pl.Struct({"version": pl.UInt64(), "value": pl.UInt32()}))
    return frame.with_columns(partition=shards)


def _raw(register: pl.Struct) -> pl.DataType:
    value = register.to_schema()["value"]
    return pl.String() if value == pl.String() else pl.Int64()


def checkpoint(catalogue: Catalogue, records: Sequence[bytes], epochs: Sequence[Epoch]) -> Checkpoint:
    """All that a store holds after these records (valid events as JSON)."""
    events = [read(record, NOW) for record in records]
    states = fold(events)
    return Checkpoint(
        events_frame(events, records),
        {name: state_frame(ENTITIES[name], found) for name, found in states.items() if found},
        cubes(catalogue, states, {epoch.topic: epoch.number for epoch in epochs}),
        tuple(Progress(epoch, shard, 1) for epoch in epochs for shard in range(SHARDS)),
    )


def fill(store: Store, catalogue: Catalogue, records: Sequence[bytes]) -> Checkpoint:
    """Write it all to an empty, migrated store."""
    made = checkpoint(catalogue, records, opened(store, catalogue))
    store.write(made)
    return made


def opened(store: Store, catalogue: Catalogue) -> list[Epoch]:
    """An epoch per topic; the same ones for every empty store."""
    return [store.epoch(topic, "test", SHARDS, catalogue.fingerprint(topic)) for topic in TOPICS]
