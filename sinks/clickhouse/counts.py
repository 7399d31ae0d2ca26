"""Adds up cells of the counts in ClickHouse: what KPI rules ask for (see `schemas.selection`)."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue
from schemas.grain import Grain, parted
from schemas.selection import By, Counts, Days, Hours, Key, Selection, Sums, Wanted
from sinks.clickhouse import scope
from sinks.clickhouse.client import trouble
from sinks.clickhouse.scope import Clause

BUCKETS = {Grain.HOURLY: "hour", Grain.DAILY: "day", Grain.AGENCY_DAILY: "day", Grain.MONTHLY: "month"}
DAYS = {Grain.HOURLY: "toDate(hour)"}
FORMATS = {By.HOUR: "%Y-%m-%dT%H:00+07:00", By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m"}
START = "toDateTime({}, 'Asia/Ho_Chi_Minh')"
"""The start of a Vietnamese day."""


class ClickHouseCounts(Counts):
    """The `Counts` of a ClickHouse database. Blocks; a client serves one thread at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def all_sums(self, wanted: Wanted) -> Mapping[Selection, Sums]:
        """Add up the selected cells of each selection's measures, in one statement; raises StoreError."""
        selections, found = list(wanted), [dict[str, dict[Key, int]]() for _ in wanted]
        known = {
            agency: scope.knows(self._client, agency) for agency in {each.scope.agency for each in wanted}
        }
        asked = [
            _numbered(f"s{number}", query(wanted[each], each, known[each.scope.agency]))
            for number, each in enumerate(selections)
        ]
        sql = " UNION ALL ".join(f"SELECT {number}, * FROM ({sql})" for number, (sql, _) in enumerate(asked))  # noqa: S608
        with trouble("add up counts"):
            rows = self._client.query(sql, parameters=_joined(asked)).result_rows if asked else ()
        for number, measure, key, value in rows:
            found[number].setdefault(measure, {})[tuple(key)] = value
        return dict(zip(selections, found, strict=True))


def _numbered(name: str, leg: Clause) -> Clause:
    """A part of a statement; its parameters get names of their own."""
    sql, parameters = leg
    own = re.sub(r"\{(\w+:)", rf"{{{name}_\1", sql)
    return own, {f"{name}_{parameter}": value for parameter, value in parameters.items()}


def counted_otherwise(client: Client, catalogue: Catalogue) -> list[str]:
    """The topics whose current counts were made with other measures than this catalogue's.

    Then what is new in it reads as nothing, and what has changed as it was. Raises StoreError.
    """
    with trouble("read the epochs"):
        rows = client.query(
            "SELECT topic, fingerprint FROM epochs "
            "WHERE (topic, epoch) IN (SELECT topic, epoch FROM current_epochs) ORDER BY topic"
        ).result_rows
    return [topic for topic, fingerprint in rows if fingerprint != catalogue.fingerprint(topic)]


def query(measures: Collection[str], selection: Selection, known: bool) -> Clause:
    """The statement and its parameters; all values are bound, none is written into the text.

    Whole months are read from the monthly counts where they can tell. known: whether the loaded agency tree
    has the scope's agency.
    """
    parts = parted(selection, by_month=scope.holds_for_months(selection, known))
    legs = [_numbered(f"leg{n}", _leg(grain, measures, part, known)) for n, (grain, part) in enumerate(parts)]
    sql = " UNION ALL ".join(sql for sql, _ in legs)
    return f"SELECT measure, key_, sum(value) FROM ({sql}) GROUP BY ALL", _joined(legs)  # noqa: S608


def _leg(grain: Grain, measures: Collection[str], selection: Selection, known: bool) -> Clause:
    """The cells of a selection that one table has."""
    day = "cohort" if selection.cohorts else DAYS.get(grain, BUCKETS[grain])  # by whose tree a cell counts
    cells, of_cells = scope.cells(f"counts_{grain}_current", selection, known, day)
    clauses = [
        ("measure IN {measures:Array(String)}", {"measures": sorted(measures)}),
        *_within(BUCKETS[grain], selection.days, START if grain is Grain.HOURLY else "{}"),
        *_inside(selection.hours),
        *scope.condition(selection, known, day),
    ]
    if selection.cohorts:
        clauses += [("cohort != toDate(0)", {}), *_within("cohort", selection.cohorts)]
    codes = (_key(selection, grain), *(by.value for by in selection.per))
    keys = ", ".join(f"toString({code})" for code in codes)
    sql = (
        f"SELECT measure, [{keys}] AS key_, sum(value) AS value "  # noqa: S608
        f"FROM {cells} "
        f"WHERE {' AND '.join(condition for condition, _ in clauses)} GROUP BY ALL"
    )
    return sql, of_cells | _joined(clauses)


def _joined(clauses: Iterable[Clause]) -> dict[str, Any]:
    return {name: value for _, bound in clauses for name, value in bound.items()}


def _within(column: str, days: Days, moment: str = "{}") -> list[Clause]:
    bounds = ((">=", f"{column}_from", days.start), ("<", f"{column}_to", days.end))
    return [
        (f"{column} {sign} {moment.format(f'{{{name}:Date}}')}", {name: day})
        for sign, name, day in bounds
        if day is not None
    ]


def _inside(hours: Hours | None) -> list[Clause]:
    if hours is None:
        return []
    bounds = {"first_hour": int(hours.start.timestamp()), "end_hour": int(hours.end.timestamp())}
    return [
        (
            "hour >= fromUnixTimestamp({first_hour:Int64}) AND hour < fromUnixTimestamp({end_hour:Int64})",
            bounds,
        )
    ]


def _key(selection: Selection, grain: Grain) -> str:
    by = selection.by
    if by is None:
        return "''"
    if not by.is_time:
        return by.value
    moment = "cohort" if selection.by_cohort else BUCKETS[grain]
    return f"formatDateTime({moment}, '{FORMATS[by]}')"
