"""The KPI rows that a snapshot records: all figures over the years of its events, in whole and by agency."""

from datetime import UTC, datetime
from typing import Any

from schemas.catalogue import Catalogue
from schemas.selection import By
from serving.answer import Asked, answer
from serving.span import asked
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.store import ClickHouseStore

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
FIRST, END = "2022-01-01", "2026-01-01"
SPLITS = (None, By.AGENCY)


def rows(store: ClickHouseStore, catalogue: Catalogue) -> list[str]:
    """A line for each row with its split and part, numerator, denominator, value; empty: there is none."""
    span, counts = asked(FIRST, END, None, None, NOW, 15), ClickHouseCounts(store.client)
    return [_line(row) for by in SPLITS for row in answer(catalogue, counts, Asked(span, NOW, by=by))]


def _line(row: Any) -> str:
    part = (row.kpi, row.by.value if row.by else "", row.key or "")
    return ",".join([*part, *map(_number, (row.numerator, row.denominator, row.value))])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"
