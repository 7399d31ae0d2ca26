"""Frames in the form of a checkpoint, from a few plain values."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from schemas.contract import ENTITIES
from sinks.clickhouse.frames import state_schema
from streams.checkpoint import (
    AGENCY_COLUMNS,
    DAILY_COLUMNS,
    EVENT_COLUMNS,
    HOURLY_COLUMNS,
    Checkpoint,
    Cubes,
    Epoch,
    Progress,
)

HOUR = datetime(2022, 7, 1, 1, tzinfo=UTC)
SHARD = pl.Struct({"version": pl.UInt64(), "value": pl.UInt32()})


def states(entity: str, epoch: int, partition: int, rows: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """Whole state rows by subject; registers as (version, value), MAX registers plain, the others unset."""
    kind = ENTITIES[entity]
    schema = state_schema(kind)
    made = []
    for subject, registers in rows.items():
        row: dict[str, Any] = {"subject": subject, "partition": {"version": epoch, "value": partition}}
        for column in kind.columns:
            unset = (
                datetime.fromtimestamp(0, UTC)
                if isinstance(_value(schema[column.name]), pl.Datetime)
                else column.kind.unset
            )
            default = unset if schema[column.name] == pl.Int64 else (0, unset)
            given = registers.get(column.name, default)
            row[column.name] = (
                dict(zip(("version", "value"), given, strict=True)) if isinstance(given, tuple) else given
            )
        made.append(row)
    return pl.DataFrame(made, schema={"subject": pl.String(), "partition": SHARD, **schema})


def _value(dtype: pl.DataType) -> Any:
    return dtype.to_schema()["value"] if isinstance(dtype, pl.Struct) else dtype


def events(subjects: Iterable[str], day: datetime = HOUR, source: str = "/h51/one-stop") -> pl.DataFrame:
    rows = [
        (
            "dossier",
            "vn.reform.dossier.received.v1",
            source,
            f"id-{s}",
            s,
            day,
            "reform.dossiers",
            0,
            n,
            f'{{"s":"{s}"}}',
        )
        for n, s in enumerate(subjects)
    ]
    return pl.DataFrame(rows, schema=EVENT_COLUMNS, orient="row")


def hourly(epoch: Epoch, partition: int, value: int, version: int, agency: str = "H51.18") -> pl.DataFrame:
    row = (epoch.topic, epoch.number, "dossiers_received", agency, HOUR, partition, value, version)
    return pl.DataFrame([row], schema=HOURLY_COLUMNS, orient="row")


def daily(epoch: Epoch, partition: int, value: int, version: int) -> pl.DataFrame:
    dimensions = ("1.004946", "G03-GD10", "", date(1970, 1, 1), date(2022, 7, 1))
    row = (epoch.topic, epoch.number, "dossiers_received", "H51.18", *dimensions, partition, value, version)
    return pl.DataFrame([row], schema=DAILY_COLUMNS, orient="row")


def by_agency(epoch: Epoch, partition: int, value: int, version: int) -> pl.DataFrame:
    """The cell of the month, and of its first day."""
    cell = ("dossiers_received", "H51.18", date(2022, 7, 1))
    row = (epoch.topic, epoch.number, *cell, partition, value, version)
    return pl.DataFrame([row], schema=AGENCY_COLUMNS, orient="row")


def checkpoint(epoch: Epoch, partition: int, value: int, version: int) -> Checkpoint:
    """A whole checkpoint of one shard: `value` dossiers, everything before offset `version` is in it."""
    subjects = [f"H51.18-220701-{partition}{number:03d}" for number in range(value)]
    rows = {s: {"agency": (version, "H51.18"), "received_at": (version, HOUR)} for s in subjects}
    return Checkpoint(
        events(subjects),
        {"dossier": states("dossier", epoch.number, partition, rows)},
        Cubes(*(cube(epoch, partition, value, version) for cube in (hourly, daily, by_agency, by_agency))),
        (Progress(epoch, partition, version),),
    )
