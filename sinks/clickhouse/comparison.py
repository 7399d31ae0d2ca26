"""The statements that compare a recount with what is stored, and what they find."""

# ruff: noqa: S608 - only declared names go into the text; what users give is bound

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.column import Column, Kind, Merge
from schemas.entity import Entity
from sinks.clickhouse.literal import quoted

CELLS = {
    "counts_hourly": ("measure", "agency", "hour"),
    "counts_daily": ("measure", "agency", "day", "procedure", "field", "kind", "cohort"),
    "counts_agency_daily": ("measure", "agency", "day"),
    "counts_monthly": ("measure", "agency", "month"),
}
"""The keys of cells, shards added up, by table."""
RECOUNTED_AS = {"day": "toDate(hour)", "month": "toStartOfMonth(hour)"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is stored otherwise than the events say.

    table: where. place: the cell's key, or subject and column. stored, recounted: a number or text; a state
    that is missing on a side has None there.
    """

    table: str
    place: Mapping[str, str]
    stored: int | str | None
    recounted: int | str | None

    def as_dict(self) -> dict[str, Any]:
        """Flat, for JSON."""
        return {"table": self.table, **self.place, "stored": self.stored, "recounted": self.recounted}


def cells(table: str, key: tuple[str, ...]) -> str:
    """Cells of `<table>_current` against `recounted_cells`: how many, how many differ, examples.

    Shards are added up. A cell that one side lacks is 0 there: that what left a cell leaves a 0 behind is
    right. Measures that no catalogue names any more are compared too, with nothing.
    """
    ours = f"SELECT {', '.join(key)}, value AS s, toInt64(0) AS r FROM {table}_current"
    columns = ", ".join(f"{RECOUNTED_AS.get(name, name)} AS {name}" for name in key)
    theirs = f"SELECT {columns}, toInt64(0) AS s, value AS r FROM recounted_cells"
    place = ", ".join(f"toString({name})" for name in key)
    return (
        f"SELECT count(), countIf(s != r), arraySlice(arraySort(groupArrayIf(([{place}], s, r), s != r)), "
        "1, {limit:UInt32}) FROM "
        f"(SELECT {', '.join(key)}, sum(s) AS s, sum(r) AS r FROM ({ours} UNION ALL {theirs}) "
        f"GROUP BY {', '.join(key)})"
    )


def states_count(entity: Entity) -> str:
    """States of a batch: how many there are on either side, how many differ."""
    return f"SELECT count(), countIf({_differs(entity)}) FROM {_both(entity)}"


def states_examples(entity: Entity) -> str:
    """Per differing state: subject, whether stored, whether recounted, [(column, stored, recounted)]."""
    columns = ", ".join(
        f"({quoted(c.name)}, toString(s.{c.name}), toString(r.{c.name}))" for c in entity.columns
    )
    return (
        "SELECT if(s.found, s.subject, r.subject) AS subject_, s.found, r.found, "
        f"arrayFilter(x -> x.2 != x.3, [{columns}]) FROM {_both(entity)} "
        f"WHERE {_differs(entity)} ORDER BY subject_ LIMIT {{limit:UInt32}}"
    )


def _both(entity: Entity) -> str:
    columns = ", ".join(f"{_stored(c)} AS {c.name}" for c in entity.columns)
    stored = (
        f"SELECT t.subject AS subject, true AS found, {columns} FROM {entity.table} AS t FINAL "
        "WHERE cityHash64(t.subject) % {batches:UInt32} = {batch:UInt32}"
    )
    recounted = "SELECT *, true AS found FROM recounted"
    return f"({stored}) AS s FULL OUTER JOIN ({recounted}) AS r ON s.subject = r.subject"


def _differs(entity: Entity) -> str:
    unequal = " OR ".join(f"s.{c.name} != r.{c.name}" for c in entity.columns)
    return f"(s.found != r.found OR {unequal})"


def _stored(column: Column) -> str:
    """A stored register in the form of the recounted one."""
    name = f"t.{column.name}"
    if column.merge is Merge.MAX:
        return name
    value = f"tupleElement({name}, 'value')"
    if column.kind is Kind.TIME:
        value = f"toUnixTimestamp64Micro({value})"
    elif not column.kind.is_string:
        value = f"toInt64({value})"
    return f"(tupleElement({name}, 'version'), {value})"
