"""Counts in memory: Polars frames as the engine hands them out, for the library without ClickHouse.

The frames have the columns of the tables `counts_hourly` and `counts_daily`: a cell may appear in several
versions and epochs; the newest counts.
"""

from collections.abc import Collection, Mapping

import polars as pl

from schemas.instant import VIETNAM
from schemas.reference.tree import AgencyTree
from schemas.selection import Counts, Days, Key, Selection, Sums, Wanted
from serving.frame_scope import in_scope
from serving.period import FORMATS

ZONE = str(VIETNAM)
VERSIONED = ("version", "value", "epoch")
NO_COHORT = pl.date(1970, 1, 1)


class FrameCounts(Counts):
    """The `Counts` of an hourly and a daily frame, with an agency tree if there is one."""

    def __init__(self, hourly: pl.DataFrame, daily: pl.DataFrame, tree: AgencyTree | None = None) -> None:
        self._tree = tree or AgencyTree()
        local = pl.col("bucket").dt.convert_time_zone(ZONE).dt.replace_time_zone(None)
        self._hourly = _newest(hourly).with_columns(local)
        self._daily = _newest(daily)

    def all_sums(self, wanted: Wanted) -> Mapping[Selection, Sums]:
        """Add up the selected cells of each selection's measures."""
        return {selection: self._sums(measures, selection) for selection, measures in wanted.items()}

    def _sums(self, measures: Collection[str], selection: Selection) -> Sums:
        cells = self._hourly if selection.hourly else self._daily
        conditions = [pl.col("measure").is_in(list(measures)), *_conditions(selection)]
        keys = [_key(selection).alias("key")]
        keys += [pl.col(by.value).alias(f"per_{by.value}") for by in selection.per]
        chosen = in_scope(cells.filter(*conditions), selection, self._tree)
        summed = chosen.group_by("measure", *keys).agg(pl.col("value").sum())
        result: dict[str, dict[Key, int]] = {}
        for measure, *key, value in summed.iter_rows():
            result.setdefault(measure, {})[tuple(key)] = value
        return result


def _newest(cells: pl.DataFrame) -> pl.DataFrame:
    current = cells.filter(pl.col("epoch") == pl.col("epoch").max().over("topic"))
    current = current.with_columns(pl.col(pl.Categorical).cast(pl.String))
    cell = [name for name in cells.columns if name not in VERSIONED]
    return current.sort("version", "value").unique(cell, keep="last", maintain_order=True)


def _conditions(selection: Selection) -> list[pl.Expr]:
    conditions = _within(pl.col("bucket").cast(pl.Date), selection.days)
    if selection.hours:
        start, end = (moment.astimezone(VIETNAM).replace(tzinfo=None) for moment in selection.hours)
        conditions += [pl.col("bucket") >= start, pl.col("bucket") < end]
    if selection.cohorts:
        cohort = pl.col("cohort")
        conditions += [cohort != NO_COHORT, *_within(cohort, selection.cohorts)]
    return conditions + [pl.col(by.value) == code for by, code in selection.scope.only]


def _within(day: pl.Expr, days: Days) -> list[pl.Expr]:
    after = [] if days.start is None else [day >= days.start]
    return after + ([] if days.end is None else [day < days.end])


def _key(selection: Selection) -> pl.Expr:
    by = selection.by
    if by is None:
        return pl.lit("")
    if not by.is_time:
        return pl.col(by.value)
    moment = pl.col("cohort" if selection.by_cohort else "bucket")
    return moment.dt.strftime(FORMATS[by])
