"""Facts: what many events state about entities of one kind, as columns; the input of the fold."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.entity import Entity

Rows = npt.NDArray[np.intp]
Values = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stated:
    """One column's statements: `values[i]` (stored form, strings as codes) by event `rows[i]`."""

    rows: Rows
    values: Values


@dataclass(slots=True)
class Facts:
    """Events about one entity.

    subjects: one per event. times: microseconds, the version of all that the event states. positions: where
    the event lies in its batch. registers: by column; an event has at most one value per column.
    """

    entity: Entity
    subjects: pl.Series
    times: Values
    positions: Rows
    registers: dict[str, list[Stated]] = field(default_factory=dict)

    def state(self, column: str, rows: Rows, values: Values) -> None:
        """Add statements about a column."""
        if len(rows):
            self.registers.setdefault(column, []).append(Stated(rows, values))

    def stated(self, column: str) -> Stated:
        """All statements about a column."""
        parts = self.registers[column]
        if len(parts) == 1:
            return parts[0]
        rows = np.concatenate([part.rows for part in parts])
        return Stated(rows, np.concatenate([part.values for part in parts]))


def join(parts: Iterable[Facts]) -> dict[str, Facts]:
    """Join facts entity by entity."""
    grouped: dict[str, list[Facts]] = {}
    for part in parts:
        grouped.setdefault(part.entity.name, []).append(part)
    return {name: _joined(group) for name, group in grouped.items()}


def _joined(group: list[Facts]) -> Facts:
    if len(group) == 1:
        return group[0]
    whole = Facts(
        group[0].entity,
        pl.concat([part.subjects for part in group], rechunk=True),
        np.concatenate([part.times for part in group]),
        np.concatenate([part.positions for part in group]),
    )
    start = 0
    for part in group:
        for column, statements in part.registers.items():
            for stated in statements:
                whole.state(column, stated.rows + start, stated.values)
        start += len(part.times)
    return whole
