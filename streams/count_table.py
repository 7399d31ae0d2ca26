"""Cells as rows of the count tables, and back."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from schemas.catalogue import Measure
from schemas.instant import HOUR
from streams.cells import Counted
from streams.checkpoint import WORD, Epoch
from streams.derive import Derivation, Family
from streams.dictionary import Dictionary
from streams.index import Numbers
from streams.months import first_days, months_of
from streams.places import named

KEY_COLUMNS = {"topic", "epoch", "partition", "version"}
DIMENSIONS = ("procedure", "field", "kind")
NOTHING: Numbers = np.zeros(0, np.int64)


def hourly_rows(derivation: Derivation, family: Family, counted: Counted) -> pl.DataFrame:
    """Cells of the hourly cube with the columns measure, agency, bucket, value."""
    hours = pl.Series(counted.buckets * HOUR).cast(pl.Datetime("us", "UTC"))
    return _by_agency(derivation, family, counted, hours)


def agency_daily_rows(derivation: Derivation, family: Family, counted: Counted) -> pl.DataFrame:
    """Cells of the daily cube without dimensions, with the same columns."""
    return _by_agency(derivation, family, counted, named(None, counted.buckets))


def monthly_rows(derivation: Derivation, family: Family, counted: Counted) -> pl.DataFrame:
    """Cells of the monthly cube with the same columns."""
    return _by_agency(derivation, family, counted, named(None, first_days(counted.buckets)))


def _by_agency(derivation: Derivation, family: Family, counted: Counted, buckets: pl.Series) -> pl.DataFrame:
    agency = derivation.dictionaries(family)[0]
    return pl.DataFrame(
        {
            "measure": _measures(family.measures, counted),
            "agency": named(agency, family.agencies.codes(counted.places)[0]),
            "bucket": buckets,
            "value": counted.values,
        }
    )


def daily_rows(derivation: Derivation, family: Family, counted: Counted) -> pl.DataFrame:
    """Cells of the daily cube with the columns measure, agency, dimensions, cohort, bucket, value."""
    names = [*derivation.place_columns, "cohort"]
    codes = family.daily.codes(counted.places)
    pairs = zip(names, derivation.dictionaries(family), codes, strict=False)
    columns = {name: named(dictionary, column) for name, dictionary, column in pairs}
    rows = pl.DataFrame(
        {
            "measure": _measures(family.measures, counted),
            **columns,
            "bucket": named(None, counted.buckets),
            "value": counted.values,
        }
    )
    absent = {name: pl.lit("", WORD) for name in DIMENSIONS if name not in columns}
    cohort = {} if "cohort" in columns else {"cohort": pl.lit(0, pl.Int32).cast(pl.Date)}
    return rows.with_columns(**absent, **cohort)


ROWS = {
    "hourly": hourly_rows,
    "daily": daily_rows,
    "agency_daily": agency_daily_rows,
    "monthly": monthly_rows,
}


def complete(
    rows: Sequence[pl.DataFrame],
    schema: Mapping[str, pl.DataType],
    epoch: Epoch,
    partition: int,
    version: int,
) -> pl.DataFrame:
    """Rows with topic, epoch, partition and version, in the columns of a count table."""
    columns = [name for name in schema if name not in KEY_COLUMNS]
    table = pl.concat([frame[columns] for frame in rows])
    keys = {"topic": epoch.topic, "epoch": epoch.number, "partition": partition, "version": version}
    return table.with_columns(**{k: pl.lit(v, dtype=schema[k]) for k, v in keys.items()})[list(schema)]


def cell_keys(
    derivation: Derivation, family: Family, rows: pl.DataFrame, cube: str
) -> tuple[Numbers, Numbers, Numbers]:
    """Stored rows of one family as measure numbers, place numbers and buckets."""
    if rows.is_empty():
        return NOTHING, NOTHING, NOTHING
    names = [measure.name for measure in family.measures]
    measures = rows["measure"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    if cube == "daily":
        columns = [*derivation.place_columns, *(["cohort"] if family.cohort else [])]
        pairs = zip(columns, derivation.dictionaries(family), strict=True)
        places = family.daily.numbers([_codes(dictionary, rows[name]) for name, dictionary in pairs])
        return measures, places, _codes(None, rows["bucket"])
    places = family.agencies.numbers([_codes(derivation.dictionaries(family)[0], rows["agency"])])
    if cube == "hourly":
        return measures, places, rows["bucket"].dt.timestamp("us").to_numpy() // HOUR
    days = _codes(None, rows["bucket"])
    return measures, places, months_of(days) if cube == "monthly" else days


def _codes(dictionary: Dictionary | None, column: pl.Series) -> Numbers:
    """The other way round of `places.named`."""
    if dictionary is not None:
        return dictionary.codes(column.cast(pl.String)).astype(np.int64)
    return column.cast(pl.Date).to_physical().cast(pl.Int64).to_numpy()


def _measures(measures: Sequence[Measure], counted: Counted) -> pl.Series:
    names = pl.Series([measure.name for measure in measures], dtype=WORD)
    return names.gather(counted.measures)
