"""Adds up cells of the counts in ClickHouse: what KPI rules ask for (see `schemas.selection`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue
from schemas.grain import Grain, parted
from schemas.selection import By, Counts, Days, Hours, Key, Selection, Sums, Wanted
from sinks.clickhouse import scope
from sinks.clickhouse.client import trouble
from sinks.clickhouse.scope import Clause, numbered

CURRENT = (
    "(WITH (SELECT (groupArray(topic), groupArray(epoch)) FROM current_epochs) AS current_ "
    "SELECT *, {bucket} FROM counts_{grain} FINAL "
    "WHERE has(current_.2, epoch) AND epoch = transform(topic, current_.1, current_.2, toUInt32(0)))"
)
"""The view `counts_..._current`, written out: the engine plans that faster than a view."""
BITS = 64
"""Selections that a scan can tell apart."""
BUCKETS = {Grain.HOURLY: "hour", Grain.DAILY: "day", Grain.AGENCY_DAILY: "day", Grain.MONTHLY: "month"}
NAMED = {Grain.HOURLY: "toTimeZone(bucket, 'Asia/Ho_Chi_Minh') AS hour"}
DAYS = {Grain.HOURLY: "toDate(hour)"}
EVER = Days(None, None)
FORMATS = {By.HOUR: "%Y-%m-%dT%H:00+07:00", By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m"}
START = "toDateTime({}, 'Asia/Ho_Chi_Minh')"
"""The start of a Vietnamese day."""


class ClickHouseCounts(Counts):
    """The `Counts` of a ClickHouse database. Blocks; a client serves one thread at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def all_sums(self, wanted: Wanted) -> Mapping[Selection, Sums]:
        """Add up the selected cells of each selection's measures, in one statement; raises StoreError."""
        found: dict[Selection, dict[str, dict[Key, int]]] = {selection: {} for selection in wanted}
        selections = list(wanted)
        asked = query(wanted, {a: scope.knows(self._client, a) for a in _agencies(wanted)})
        with trouble("add up counts"):
            rows = self._client.query(asked.sql, parameters=asked.parameters).result_rows if asked.sql else ()
        for scan, bits, measure, key, value in rows:
            for number in (n for bit, n in enumerate(asked.scans[scan]) if bits >> bit & 1):
                keys = found[selections[number]].setdefault(measure, {})
                keys[tuple(key)] = keys.get(tuple(key), 0) + value
        return found


def _agencies(wanted: Wanted) -> set[str | None]:
    return {selection.scope.agency for selection in wanted}


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


class Statement(NamedTuple):
    """SQL with its parameters; all values are bound, none is written into the text.

    Its rows: the number of a scan, bits, measure, key, and a part of the sum. scans: the numbers of the
    selections in each scan; the part is of those whose bit is set.
    """

    sql: str
    parameters: dict[str, Any]
    scans: list[list[int]]


def query(wanted: Wanted, known: Mapping[str | None, bool]) -> Statement:
    """The statement that adds up what is wanted.

    Selections that are about the same cube, scope and split share a scan, as a scan costs more than the few
    cells that it mostly reads. A cell goes with the set of selections that have it: to hand it out to each
    of them while scanning costs a third of the scan.
    known: whether the loaded agency tree has the agency of a scope.
    """
    scans: dict[tuple[Grain, Selection], list[tuple[int, Clause]]] = {}
    for number, (selection, measures) in enumerate(wanted.items()):
        by_month = scope.holds_for_months(selection, known[selection.scope.agency])
        for grain, part in parted(selection, by_month=by_month):
            shape = replace(part, days=EVER, hours=None)
            scans.setdefault((grain, shape), []).append((number, _chosen(grain, part, measures)))
    split = [
        (grain, shape, parts[first : first + BITS])
        for (grain, shape), parts in scans.items()
        for first in range(0, len(parts), BITS)
    ]
    made = [
        numbered(f"scan{number}", _scan(number, grain, shape, parts, known[shape.scope.agency]))
        for number, (grain, shape, parts) in enumerate(split)
    ]
    numbers = [[number for number, _ in parts] for _, _, parts in split]
    return Statement(" UNION ALL ".join(sql for sql, _ in made), _joined(made), numbers)


def _chosen(grain: Grain, part: Selection, measures: Collection[str]) -> Clause:
    """Which cells of a scan belong to a selection."""
    moment = START if grain is Grain.HOURLY else "{}"
    clauses = [
        ("measure IN {measures:Array(String)}", {"measures": sorted(measures)}),
        *_within(BUCKETS[grain], part.days, moment),
        *_inside(part.hours),
    ]
    return " AND ".join(condition for condition, _ in clauses), _joined(clauses)


def _scan(
    scan: int, grain: Grain, shape: Selection, parts: Sequence[tuple[int, Clause]], known: bool
) -> Clause:
    """The cells of some selections of one shape."""
    day = "cohort" if shape.cohorts else DAYS.get(grain, BUCKETS[grain])  # by whose tree a cell counts
    table = CURRENT.format(grain=grain, bucket=NAMED.get(grain, f"bucket AS {BUCKETS[grain]}"))
    cells, of_cells = scope.cells(table, shape, known, day)
    chosen = [(number, numbered(f"part{number}", clause)) for number, clause in parts]
    conditions = [condition for _, (condition, _) in chosen]
    either = " OR ".join(f"({each})" for each in conditions)
    clauses = [(f"({either})", {}), *scope.condition(shape, known, day)]
    if shape.cohorts:
        clauses += [("cohort != toDate(0)", {}), *_within("cohort", shape.cohorts)]
    bits = " + ".join(f"toUInt64({1 << bit}) * ({each})" for bit, each in enumerate(conditions))
    which = bits if len(conditions) > 1 else "1"
    codes = (_key(shape, grain), *(by.value for by in shape.per))
    keys = ", ".join(f"toString({code})" for code in codes)
    sql = (
        f"SELECT {scan} AS scan_, {which} AS bits_, measure, [{keys}] AS key_, sum(value) "  # noqa: S608
        f"FROM {cells} WHERE {' AND '.join(condition for condition, _ in clauses)} GROUP BY ALL"
    )
    return sql, of_cells | _joined([*clauses, *(clause for _, clause in chosen)])


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
