"""Cells of a small province in memory and in ClickHouse, and their sums from both."""

from datetime import UTC, date, datetime

import polars as pl

from schemas.instant import VIETNAM
from schemas.selection import Days, Selection
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.frames import insert
from sinks.clickhouse.reference import load
from streams.checkpoint import COUNT_COLUMNS, Cubes
from tests.stores import embedded

REFERENCE = ("agencies", "agency_closure", "agency_now")
EVER = Days(None, None)


def cells(*found):
    """Frames of cells: (agency, day, value), or with a cohort or a measure; each alone in its shard."""
    hourly, daily, monthly = [], [], []
    for number, (agency, day, value, *more) in enumerate(found):
        cohort = more[0] if more else date(1970, 1, 1)
        usual = dict.fromkeys(("procedure", "field", "kind"), "") | {
            "topic": "t",
            "epoch": 1001,
            "measure": more[1] if more[1:] else "m",
            "agency": agency,
            "cohort": cohort,
            "partition": number % 3,
            "value": value,
            "version": 1,
        }
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=VIETNAM).astimezone(UTC)
        hourly.append(usual | {"bucket": noon})
        daily.append(usual | {"bucket": day})
        monthly.append(usual | {"bucket": day.replace(day=1)})
    rows = {"hourly": hourly, "daily": daily, "agency_daily": daily, "monthly": monthly}
    return Cubes(**{cube: _frame(rows[cube], columns) for cube, columns in COUNT_COLUMNS.items()})


def _frame(rows, schema):
    frame = pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
    key = [name for name in schema if name != "value"]
    return frame.group_by(key).agg(pl.col("value").sum()).select(list(schema))


def stored(reference, cubes):
    """The same cells and tree in ClickHouse."""
    client = embedded().client
    counts = [f"counts_{cube}" for cube in Cubes._fields]
    for table in ("epochs", "progress", *counts, "reference_versions", *REFERENCE):
        client.command(f"TRUNCATE TABLE {table} SYNC")
    load(client, reference)
    epoch = pl.DataFrame(
        {"topic": ["t"], "epoch": [1001], "identity": ["x"], "partitions": [3], "fingerprint": ["f"]}
    )
    insert(client, "epochs", epoch.cast({"epoch": pl.UInt32, "partitions": pl.UInt32}))
    progress = pl.DataFrame({"topic": "t", "epoch": 1001, "partition": [0, 1, 2], "next_offset": 1})
    insert(client, "progress", progress.cast({"epoch": pl.UInt32, "partition": pl.UInt32}))
    for cube, frame in cubes._asdict().items():
        insert(client, f"counts_{cube}", frame)
    return ClickHouseCounts(client)


def both_sums(both, scope, **more):
    memory, clickhouse = (counts.sums(["m"], Selection(EVER, scope, **more)).get("m", {}) for counts in both)
    assert memory == clickhouse
    return {key if isinstance(key, str) else key[0]: value for key, value in memory.items()}
