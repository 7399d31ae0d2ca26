"""Lists the entities behind a number (serving.behind), and what has happened to one of them."""

# ruff: noqa: S608 - only declared names go into the text; what users give is bound

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Measure
from schemas.column import Kind
from schemas.contract import ENTITIES
from schemas.entity import Entity
from schemas.expression import clickhouse_expression
from schemas.selection import Days, Selection
from sinks.clickhouse import scope
from sinks.clickhouse.client import trouble

DAY = "toDate({}, 'Asia/Ho_Chi_Minh')"


class Counted(Protocol):
    """A measure, the cells it is read from, and its sign."""

    @property
    def sign(self) -> int:
        """1 or -1."""

    @property
    def measure(self) -> Measure:
        """The measure."""

    @property
    def cells(self) -> Selection:
        """The cells."""


@dataclass(slots=True)
class _Bound:
    """Values bound to a statement, each under a name of its own."""

    values: dict[str, Any]

    def put(self, kind: str, value: object) -> str:
        name = f"b{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


def columns(entity: Entity) -> list[str]:
    """What is shown of an entity: its key, codes and times; nothing else leaves the store."""
    kinds = (Kind.TEXT, Kind.KEY, Kind.CODE, Kind.TIME)
    return ["subject", *(column.name for column in entity.of_kind(*kinds))]


def entities(
    client: Client,
    entity: str,
    counted: Sequence[Counted],
    without: Sequence[Counted] = (),
    after: str = "",
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Those for which `counted` adds up to more than 0, and `without` does not; in order of their keys.

    after: the key before the first. Instants are aware datetimes in Vietnam's time. Raises StoreError.
    """
    kind, bound = ENTITIES[entity], _Bound({})
    names, known = columns(kind), scope.knows(client, counted[0].cells.scope.agency)
    table, values = _table(kind, [*counted, *without], known)
    bound.values.update(values)
    conditions = [
        f"subject > {bound.put('String', after)}",
        f"({_sum(counted, bound, known)}) > 0",
    ]
    if without:
        conditions.append(f"({_sum(without, bound, known)}) <= 0")
    sql = (
        f"SELECT {', '.join(names)} FROM {table} WHERE {' AND '.join(conditions)} "
        f"ORDER BY subject LIMIT {bound.put('UInt32', limit)}"
    )
    with trouble("list what is behind a number"):
        rows = client.query(sql, parameters=bound.values).result_rows
    return [dict(zip(names, row, strict=True)) for row in rows]


def _table(kind: Entity, counted: Iterable[Counted], known: bool) -> scope.Clause:
    table = f"{kind.table}_current"
    found = (scope.states(table, each.cells, known) for each in counted)
    return next((clause for clause in found if clause[1]), (table, {}))


def _sum(counted: Iterable[Counted], bound: _Bound, known: bool) -> str:
    return " + ".join(f"({each.sign}) * toInt8({_counts(each, bound, known)})" for each in counted)


def _counts(counted: Counted, bound: _Bound, known: bool) -> str:
    """Whether a state counts for a measure in the cells, which are also those of some agencies."""
    measure, cells = counted.measure, counted.cells
    conditions = [f"isNotNull({measure.at})", clickhouse_expression(measure.where)]
    conditions += _days(measure.at, cells.days, bound)
    if cells.hours is not None:
        start, end = (bound.put("Int64", int(moment.timestamp())) for moment in cells.hours)
        conditions += [
            f"{measure.at} >= fromUnixTimestamp({start})",
            f"{measure.at} < fromUnixTimestamp({end})",
        ]
    day = measure.at
    if cells.cohorts is not None and measure.cohort:
        day = measure.cohort
        conditions += [f"isNotNull({day})", *_days(day, cells.cohorts, bound)]
    name = f"b{len(bound.values)}"
    for clause in scope.state_condition(cells, known, DAY.format(day)):
        condition, values = scope.numbered(name, clause)
        conditions.append(condition)
        bound.values.update(values)
    return f"ifNull({' AND '.join(f'({condition})' for condition in conditions)}, false)"


def _days(column: str, days: Days, bound: _Bound) -> list[str]:
    sides = ((">=", days.start), ("<", days.end))
    return [f"{DAY.format(column)} {sign} {bound.put('Date', day)}" for sign, day in sides if day is not None]


def history(client: Client, entity: str, subject: str) -> list[dict[str, Any]]:
    """The events of one entity in order of time, each once, with what it states. Raises StoreError."""
    names = ("time", "type", "source", "id", "event")
    sql = (
        "SELECT toTimeZone(time, 'Asia/Ho_Chi_Minh'), type, source, id, event FROM events FINAL "
        "WHERE entity = {entity:String} AND subject = {subject:String} ORDER BY time, source, id LIMIT 1000"
    )
    with trouble("read the events of an entity"):
        rows = client.query(sql, parameters={"entity": entity, "subject": subject}).result_rows
    return [dict(zip(names, row, strict=True)) for row in rows]
