"""The statements of a recount: from original events to registers, plain columns and counts, in SQL.

Generated from the declarations in `schemas`; see `stated` for what one event states, and `verify` for how
they are run and compared. Two temporary tables stand between the steps: `recounted` (registers of a batch of
subjects of one entity) and `recounted_cells` (its counts, all batches).
"""

# ruff: noqa: S608 - only declared names go into the text; what users give is bound

from collections.abc import Sequence

from schemas.catalogue import Measure
from schemas.column import Column, Kind, Merge
from schemas.entity import Entity
from schemas.expression import CLICKHOUSE_TYPES, clickhouse_expression
from sinks.clickhouse.literal import quoted
from sinks.clickhouse.stated import FACTS, register, unpacked

ZONE = "'Asia/Ho_Chi_Minh'"
DIMENSIONS = ("procedure", "field", "kind")
CELLS = """
CREATE TEMPORARY TABLE recounted_cells
(
    measure String, agency String, procedure String, field String, kind String,
    cohort Date, hour DateTime64(0, 'Asia/Ho_Chi_Minh'), value Int64
)
ENGINE = Memory
"""


def registers(entity: Entity) -> str:
    """Make `recounted`: per subject each register as (version, value), or the value of a MAX register."""
    packed = ", ".join(f"{register(entity, c)} AS {c.name}" for c in entity.columns)
    columns = ", ".join(f"{_register(c)} AS {c.name}" for c in entity.columns)
    return (
        "CREATE TEMPORARY TABLE recounted ENGINE = Memory AS "
        f"SELECT p.subject AS subject, {columns} FROM "
        f"(SELECT subject, {packed} FROM ({FACTS}) GROUP BY subject) AS p"
    )


def _register(column: Column) -> str:
    both = unpacked(column, f"p.{column.name}")
    return f"tupleElement({both}, 2)" if column.merge is Merge.MAX else both


def cells(entity: Entity, measures: Sequence[Measure]) -> str:
    """Add to `recounted_cells` what the states in `recounted` count for."""
    candidates = ", ".join(_candidate(measure) for measure in measures)
    dimensions = ", ".join(
        f"ifNull({name}, '') AS {name}_" if name in entity.dimensions else f"'' AS {name}_"
        for name in DIMENSIONS
    )
    return (
        "INSERT INTO recounted_cells (measure, agency, procedure, field, kind, cohort, hour, value) "
        "SELECT c.2, agency_, procedure_, field_, kind_, c.4, c.3, sum(c.5) FROM "
        f"(SELECT ifNull(agency, '') AS agency_, {dimensions}, "
        f"arrayJoin(arrayFilter(x -> x.1, [{candidates}])) AS c FROM ({_plain(entity)})) "
        "GROUP BY ALL"
    )


def _candidate(measure: Measure) -> str:
    """(whether it counts, name, hour, cohort day, amount)."""
    at = measure.at
    cohort = f"ifNull(toDate({measure.cohort}), toDate(0))" if measure.cohort else "toDate(0)"
    amount = f"ifNull({measure.sum}, 0)" if measure.sum else "1"
    met = f"({at} IS NOT NULL AND {clickhouse_expression(measure.where)})"
    hour = f"toStartOfHour(ifNull({at}, toDateTime64(0, 6, {ZONE})))"
    return f"({met}, {quoted(measure.name)}, {hour}, {cohort}, toInt64({amount}))"


def _plain(entity: Entity) -> str:
    """The states in `recounted` in plain types, as conditions see them."""
    columns = ", ".join(
        f"CAST({_value(c)} AS {CLICKHOUSE_TYPES[c.kind]}) AS {c.name}" for c in entity.columns
    )
    return f"SELECT {columns} FROM recounted AS r"


def _value(column: Column) -> str:
    value = f"r.{column.name}" if column.merge is Merge.MAX else f"tupleElement(r.{column.name}, 2)"
    if column.kind is Kind.TIME:
        return f"fromUnixTimestamp64Micro(nullIf({value}, 0), {ZONE})"
    if column.kind is Kind.FLAG:
        stated = f"nullIf({value}, 0) = 2"
        return stated if column.default is None else f"ifNull({stated}, {str(column.default).lower()})"
    return f"nullIf({value}, {quoted(column.kind.unset)})"
