"""Summaries of the count tables: what ClickHouse reckons is what the formula says, cell by cell."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import COUNT_COLUMNS, EVENT_COLUMNS, Checkpoint, Cubes, Epoch
from tests.summaries import summary

TOPIC = "reform.dossiers"
SHARDS = (0, 1, 3)
AGENCIES = ("H51.18", "Sở Nội vụ", "")
LAST_UTC_HOUR_OF_JUNE = datetime(2022, 6, 30, 23, tzinfo=UTC)  # of the 1st of July in Vietnam


def cells(epoch: Epoch, cube: str) -> pl.DataFrame:
    """Cells of several shards, months and values, 0 too, each with an older version that has lost."""
    buckets: tuple[Any, ...] = (date(2022, 6, 30), date(2022, 7, 1), date(2023, 1, 31))
    if cube == "hourly":
        buckets = (
            LAST_UTC_HOUR_OF_JUNE,
            datetime(2022, 6, 30, 16, tzinfo=UTC),
            datetime(2023, 1, 31, 9, tzinfo=UTC),
        )
    rows = []
    for number, (shard, agency, bucket) in enumerate(
        (s, a, b) for s in SHARDS for a in AGENCIES for b in buckets
    ):
        for version, value in ((number + 1, 7), (number + 9, number % 4 * 10**number // 3)):
            row = {"topic": TOPIC, "epoch": epoch.number, "measure": "fees_paid", "agency": agency}
            row |= {
                "procedure": f"1.{number}",
                "field": "đất đai",
                "kind": "",
                "cohort": date(2022, 7, number + 1),
            }
            row |= {"bucket": bucket, "partition": shard, "value": value % 2**40, "version": version}
            rows.append({name: row[name] for name in COUNT_COLUMNS[cube]})
    return pl.DataFrame(rows, schema=COUNT_COLUMNS[cube])


def test_the_store_reckons_as_the_formula_says(either: ClickHouseStore) -> None:
    epoch = either.epoch(TOPIC, "log-1", 4, "catalogue-1")
    either.write(written(Cubes(*(cells(epoch, cube) for cube in Cubes._fields))))
    for shards in ([0, 1, 2, 3], [3], [2]):
        for cube, found in either.summaries(epoch, shards).items():
            stored = pl.concat(either.counts(epoch, shard)._asdict()[cube] for shard in shards)
            assert_frame_equal(found, summary(stored.iter_rows(named=True)), check_row_order=False)
            assert len(found) == len(set(shards) & set(SHARDS)) * 3


def test_the_cells_of_a_month_are_those_of_its_summary(either: ClickHouseStore) -> None:
    epoch = either.epoch(TOPIC, "log-1", 4, "catalogue-1")
    either.write(written(Cubes(*(cells(epoch, cube) for cube in Cubes._fields))))
    for cube, found in either.summaries(epoch, [0, 3]).items():
        for month in set(found["month"]):
            read = either.cells(cube, epoch, [0, 3], month)
            told = found.filter(month=month)
            assert_frame_equal(summary(read.iter_rows(named=True)), told, check_row_order=False)


def written(counts: Cubes) -> Checkpoint:
    return Checkpoint(pl.DataFrame(schema=EVENT_COLUMNS), {}, counts, ())
