"""Adds up cells of the counts in ClickHouse: what KPI rules ask for (see `schemas.selection`)."""

from collections.abc import Collection

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue
from schemas.selection import By, Days, Hours, Key, Selection, Sums
from sinks.clickhouse import scope
from sinks.clickhouse.client import trouble
from sinks.clickhouse.scope import Clause

FORMATS = {By.HOUR: "%Y-%m-%dT%H:00+07:00", By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m"}
START = "toDateTime({}, 'Asia/Ho_Chi_Minh')"
"""The start of a Vietnamese day."""


class ClickHouseCounts:
    """The `Counts` of a ClickHouse database. Blocks; a client serves one thread at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def sums(self, measures: Collection[str], selection: Selection) -> Sums:
        """Add up the selected cells of these measures; raises StoreError."""
        sql, parameters = query(measures, selection, scope.knows(self._client, selection.scope.agency))
        result: dict[str, dict[Key, int]] = {}
        with trouble("add up counts"):
            rows = self._client.query(sql, parameters=parameters).result_rows
        for measure, *key, value in rows:
            result.setdefault(measure, {})[tuple(key)] = value
        return result


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
    keys = ", ".join([f"{_key(selection)} AS key_", *(by.value for by in selection.per)])
    sql = (
        f"SELECT measure, {keys}, sum(value) "  # noqa: S608
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
