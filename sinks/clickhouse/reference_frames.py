"""The tables of reference data as frames of ClickHouse's columns, and their rows again."""

from collections.abc import Iterator
from datetime import time
from enum import StrEnum

import polars as pl

from schemas.reference.agency import Agency, Successor
from schemas.reference.calendar import CalendarDay, Hours
from schemas.reference.mistake import Place
from schemas.reference.procedure import Procedure
from schemas.reference.row import Row
from schemas.reference.tables import Reference
from schemas.reference.target import Target

Columns = dict[str, pl.DataType]

TEXT, DAY, NUMBER, FLAG, COUNT = pl.String(), pl.Date(), pl.Float64(), pl.Boolean(), pl.UInt32()
SURE: Columns = {"certainty": TEXT, "note": TEXT}
DATED: Columns = {"valid_from": DAY, "valid_to": DAY, **SURE}
PROCEDURE: Columns = {
    **dict.fromkeys(("code", "name", "field", "handled_at", "service_level"), TEXT),
    **dict.fromkeys(("duration", "online_duration"), COUNT),
    **dict.fromkeys(("unit", "cut_off"), TEXT),
    **dict.fromkeys(("fee_due", "eligible_full"), FLAG),
    **DATED,
}
BRANCH: Columns = {
    "ancestor": TEXT,
    "descendant": TEXT,
    "depth": pl.UInt8(),
    "valid_from": DAY,
    "valid_to": DAY,
}
HEIR: Columns = {
    "code": TEXT,
    "seen_from": DAY,
    "seen_to": DAY,
    "current": TEXT,
    "share": NUMBER,
    "counted": FLAG,
}

TABLES: dict[str, tuple[str, type[Row], Columns]] = {
    "agencies": ("agencies", Agency, {"code": TEXT, "name": TEXT, "level": TEXT, "parent": TEXT, **DATED}),
    "successors": (
        "agency_successors",
        Successor,
        {"code": TEXT, "successor": TEXT, "share": NUMBER, **SURE},
    ),
    "procedures": ("procedures", Procedure, PROCEDURE),
    "targets": (
        "targets",
        Target,
        {"kpi": TEXT, "level": TEXT, "agency": TEXT, "value": NUMBER, "basis": TEXT, **DATED},
    ),
    "calendar": ("calendar", CalendarDay, {"day": DAY, "kind": TEXT, "name": TEXT, **SURE}),
    "hours": ("hours", Hours, {"opens": TEXT, "closes": TEXT, **DATED}),
}
"""Of each table of a reference: its table in ClickHouse, its rows, and the columns that are read back."""


def frames(reference: Reference) -> Iterator[tuple[str, pl.DataFrame]]:
    """The tables of ClickHouse with their rows; among them what follows from the tree."""
    tree = reference.tree
    changed_on = pl.Series("changed_on", [tree.ended(row.code) for row in reference.successors], DAY)
    minutes = pl.Series("standard_minutes", [row.standard_minutes for row in reference.procedures], COUNT)
    more = {"successors": [changed_on], "procedures": [minutes]}
    for name, (table, _, columns) in TABLES.items():
        yield table, _frame(reference.rows.get(name, ()), columns).with_columns(more.get(name, []))
    yield "agency_closure", pl.DataFrame(tree.branches, schema=BRANCH, orient="row")
    yield "agency_now", pl.DataFrame(tree.heirs, schema=HEIR, orient="row")


def rows(frame: pl.DataFrame, model: type[Row], origin: str) -> tuple[Row, ...]:
    """The rows of a stored table; `origin` names it in messages."""
    return tuple(
        model.model_validate(
            {name: value for name, value in cells.items() if value not in ("", None)}
            | {"place": Place(origin, number)}
        )
        for number, cells in enumerate(frame.iter_rows(named=True), 1)
    )


def _frame(found: tuple[Row, ...], columns: Columns) -> pl.DataFrame:
    cells = {name: [_plain(getattr(row, name)) for row in found] for name in columns}
    texts = [name for name, kind in columns.items() if kind == TEXT]
    return pl.DataFrame(cells, schema=columns).with_columns(pl.col(texts).fill_null(""))


def _plain(value: object) -> object:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.value if isinstance(value, StrEnum) else value
