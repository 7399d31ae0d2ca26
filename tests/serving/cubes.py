"""Cells written by hand, for tests of KPI rules."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from schemas.instant import VIETNAM
from serving.frame_counts import FrameCounts
from streams.checkpoint import DAILY_COLUMNS, HOURLY_COLUMNS


def counts(*cells: dict[str, Any]) -> FrameCounts:
    """Count in memory; a cell names measure, day, and what is not the usual (hour, agency, cohort, ...)."""
    hourly, daily = [], []
    for cell in cells:
        usual = {"topic": "t", "epoch": 1, "agency": "H51.18", "partition": 0, "value": 1, "version": 1}
        usual |= {"procedure": "", "field": "", "kind": "", "cohort": date(1970, 1, 1), "hour": 8} | cell
        day = usual["day"]
        bucket = datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(hours=usual["hour"])
        hourly.append({name: (usual | {"bucket": bucket})[name] for name in HOURLY_COLUMNS})
        daily.append({name: (usual | {"bucket": day})[name] for name in DAILY_COLUMNS})
    return FrameCounts(_frame(hourly, HOURLY_COLUMNS), _frame(daily, DAILY_COLUMNS))


def _frame(rows: list[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Sum what fell into one cell."""
    key = [name for name in schema if name != "value"]
    return pl.DataFrame(rows, schema=schema).group_by(key).agg(pl.col("value").sum()).select(list(schema))
