"""Summaries of counts, reckoned cell by cell: for stores in memory, and as an oracle of the real ones."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from hashlib import md5
from typing import Any

import polars as pl

from schemas.cell_hash import BUCKET, COHORT, FACTORS, VALUE
from schemas.instant import VIETNAM, to_microseconds
from streams.checkpoint import SUMMARY_COLUMNS

ALL = 2**64


def summary(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """By shard and month of some cells."""
    found: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        short = found.setdefault((row["partition"], month_of(row["bucket"])), [0, 0, 0])
        short[0] += 1
        short[1] = (short[1] + (_digest(row) if row["value"] else 0)) % ALL
        short[2] = max(short[2], row["version"])
    return pl.DataFrame(
        [(*key, *short) for key, short in found.items()], schema=SUMMARY_COLUMNS, orient="row"
    )


def month_of(bucket: date) -> int:
    """The Vietnamese month of an hour or day, since 1970."""
    local = bucket.astimezone(VIETNAM) if isinstance(bucket, datetime) else bucket
    return (local.year - 1970) * 12 + local.month - 1


def _digest(row: Mapping[str, Any]) -> int:
    total = sum(factor * _half_md5(row[name]) for name, factor in FACTORS.items() if name in row)
    total += BUCKET * _number(row["bucket"]) + COHORT * _number(row.get("cohort", date(1970, 1, 1)))
    mixed = (total + VALUE * row["value"]) % ALL ^ 0x4CF2D2BAAE6DA887
    for mixer in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed = (mixed ^ mixed >> 33) * mixer % ALL
    return mixed ^ mixed >> 33


@cache
def _half_md5(text: str) -> int:
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[:8], "big")


def _number(bucket: date) -> int:
    """Seconds of an hour, days of a day, since 1970."""
    if isinstance(bucket, datetime):
        return to_microseconds(bucket) // 1_000_000
    return bucket.toordinal() - date(1970, 1, 1).toordinal()
