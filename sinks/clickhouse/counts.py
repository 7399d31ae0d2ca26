"""Adds up cells of the counts in ClickHouse: what KPI rules ask for (see `schemas.selection`)."""

import re
from collections.abc import Collection, Mapping

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue
from schemas.selection import By, Counts, Days, Hours, Key, Selection, Sums, Wanted
from sinks.clickhouse import scope
from sinks.clickhouse.client import trouble
from sinks.clickhouse.scope import Clause

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
        legs = [
            _numbered(number, query(wanted[each], each, known[each.scope.agency]))
            for number, each in enumerate(selections)
        ]
        sql = " UNION ALL ".join(sql for sql, _ in legs)
        parameters = {name: value for _, bound in legs for name, value in bound.items()}
        with trouble("add up counts"):
            rows = self._client.query(sql, parameters=parameters).result_rows if legs else ()
        for number, measure, key, value in rows:
            found[number].setdefault(measure, {})[tuple(key)] = value
        return dict(zip(selections, found, strict=True))


def _numbered(number: int, leg: Clause) -> Clause:
    """A leg of the statement; its parameters get names of their own."""
    sql, parameters = leg
    own = re.sub(r"\{(\w+:)", rf"{{s{number}_\1", sql)
    return f"SELECT {number}, * FROM ({own})", {f"s{number}_{name}": v for name, v in parameters.items()}  # noqa: S608


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

    known: whether the loaded agency tree has the scope's agency.
    """
    hourly = selection.hourly
    table = "counts_hourly_current" if hourly else "counts_daily_current"
    cells, of_cells = scope.cells(table, selection, known)
    clauses = [
        ("measure IN {measures:Array(String)}", {"measures": sorted(measures)}),
        *(_within("hour", selection.days, START) if hourly else _within("day", selection.days)),
        *_inside(selection.hours),
        *scope.condition(selection, known),
    ]
    if selection.cohorts:
        clauses += [("cohort != toDate(0)", {}), *_within("cohort", selection.cohorts)]
    keys = ", ".join(f"toString({key})" for key in (_key(selection), *(by.value for by in selection.per)))
    sql = (
        f"SELECT measure, [{keys}] AS key_, sum(value) "  # noqa: S608
        f"FROM {cells} "
        f"WHERE {' AND '.join(condition for condition, _ in clauses)} GROUP BY ALL"
    )
    return sql, of_cells | {name: value for _, bound in clauses for name, value in bound.items()}


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


def _key(selection: Selection) -> str:
    by = selection.by
    if by is None:
        return "''"
    if not by.is_time:
        return by.value
    moment = "hour" if selection.hourly else "cohort" if selection.by_cohort else "day"
    return f"formatDateTime({moment}, '{FORMATS[by]}')"
