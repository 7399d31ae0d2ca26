"""Deriving counts: what a state contributes to which cells is a pure function of the state (invariant 2).

When a state changes, the contribution of the old one leaves its cells and that of the new one enters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.catalogue import Catalogue, Measure
from schemas.column import Column, Kind
from schemas.entity import Entity
from schemas.expression import columns_of, polars_expression
from schemas.instant import DAY, HOUR, OFFSET
from streams.cells import Cells
from streams.dictionary import Dictionary
from streams.facts import Values
from streams.index import Numbers
from streams.months import months_of
from streams.places import Places
from streams.states import Change
from streams.vocabulary import Vocabulary

Raw = dict[str, Values]
Mask = npt.NDArray[np.bool_]
Add = Callable[[Cells, Numbers, Numbers, Numbers], object]
"""How amounts get into cells: `Cells.add` or `Cells.load`."""


@dataclass(frozen=True)
class Family:
    """The measures of an entity counted at the same column (and with the same cohort)."""

    at: str
    cohort: str | None
    measures: tuple[Measure, ...]
    agencies: Places
    daily: Places


class FamilyCells(NamedTuple):
    """The cells of one family in one shard, by cube."""

    hourly: Cells
    daily: Cells
    agency_daily: Cells
    monthly: Cells


class Derivation:
    """What the catalogue says about one entity, ready to be applied to changes of any shard."""

    def __init__(self, entity: Entity, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
        self.entity, self._vocabulary = entity, vocabulary
        self.measures = catalogue.of(entity.name)
        self._conditions = [polars_expression(m.where).alias(m.name) for m in self.measures]
        read = frozenset().union(*(columns_of(m.where) for m in self.measures))
        self._read = read or frozenset(m.at for m in self.measures)  # a frame needs a column to have rows
        self._as_strings: frozenset[str] = frozenset()
        self._as_strings = self._beyond_categories()
        self.place_columns = ("agency", *entity.dimensions)
        self._places = Places(len(self.place_columns))  # found once, for all families
        self.families = self._families()
        used = {name for m in self.measures for name in (m.at, m.sum, m.cohort) if name}
        self.watched: frozenset[str] = self._read | used | frozenset(self.place_columns)

    def _families(self) -> tuple[Family, ...]:
        groups: dict[tuple[str, str | None], list[Measure]] = {}
        for measure in self.measures:
            groups.setdefault((measure.at, measure.cohort), []).append(measure)
        return tuple(
            Family(at, cohort, tuple(measures), Places(1), self._places.wider() if cohort else self._places)
            for (at, cohort), measures in groups.items()
        )

    def dictionaries(self, family: Family) -> list[Dictionary | None]:
        """The dictionaries of a daily place's codes; None for the cohort day."""
        names = [self._vocabulary.dictionary(self.entity.name, name) for name in self.place_columns]
        return [*names, None] if family.cohort else [*names]

    def new_cells(self) -> list[FamilyCells]:
        """Empty cells for a shard, one per family."""
        pairs = ((len(f.measures), any(m.sum for m in f.measures)) for f in self.families)
        return [FamilyCells(*(Cells(n, sums=sums) for _ in FamilyCells._fields)) for n, sums in pairs]

    def apply(self, change: Change, cells: list[FamilyCells]) -> None:
        """Move the contributions of changed states from their old cells to their new ones."""
        stirred = _stirred(change)
        both = {
            name: np.concatenate([values[stirred], change.new[name][stirred]])
            for name, values in change.old.items()
        }
        self._move(both, len(stirred), cells, Cells.add)

    def count(self, raw: Raw, cells: list[FamilyCells]) -> None:
        """Enter the contributions of loaded states, which are in no cell yet; none is taken as changed."""
        self._move(raw, 0, cells, Cells.load)

    def _move(self, raw: Raw, old: int, cells: list[FamilyCells], add: Add) -> None:
        """The first `old` rows leave their cells; the rest, as many if any leave, enter theirs."""
        if not len(raw["agency"]):
            return
        met = self._conditions_met(raw)
        places = self._places.numbers([raw[name] for name in self.place_columns])
        for family, ours in zip(self.families, cells, strict=True):
            weights = _weights(family, raw, met)
            at, daily = raw[family.at], places
            if family.cohort:
                cohort = raw[family.cohort]
                daily = family.daily.further(places, np.where(cohort > 0, _day(cohort), 0))
            days = _day(at)
            _add(add, ours.hourly, raw["agency"], at // HOUR, weights, old)
            _add(add, ours.daily, daily, days, weights, old)
            _add(add, ours.agency_daily, raw["agency"], days, weights, old)
            _add(add, ours.monthly, raw["agency"], months_of(days), weights, old)

    def _conditions_met(self, raw: Raw) -> dict[str, Mask]:
        met = self._frame(raw).select_seq(self._conditions)
        count = len(raw["agency"])  # a condition that reads no column gives one row
        return {name: np.broadcast_to(met[name].to_numpy(), count) for name in met.columns}

    def _beyond_categories(self) -> frozenset[str]:
        """Columns of conditions that work on strings only: LIKE, length, one column against another."""
        none = self._frame({name: np.zeros(0, np.int64) for name in self._read})
        result: frozenset[str] = frozenset()
        for measure, condition in zip(self.measures, self._conditions, strict=True):
            try:
                none.select(condition)
            except pl.exceptions.PolarsError:
                result |= columns_of(measure.where)
        return result

    def _frame(self, raw: Raw) -> pl.DataFrame:
        return pl.DataFrame(
            [self._plain(self.entity.by_name[name], raw[name]) for name in sorted(self._read)]
        )

    def _plain(self, column: Column, raw: Values) -> pl.Series:
        """Raw values in the types that conditions see (schemas.expression)."""
        gaps = raw == (0 if column.kind.is_string else int(column.kind.unset))
        if column.kind is Kind.FLAG:
            values = pl.Series(column.name, raw == 2)
            return values if column.default is not None else _with_gaps(values, gaps)
        if column.kind.is_string:
            codes = _with_gaps(pl.Series(column.name, raw.astype(np.uint32)), gaps)
            values = codes.cat.to(self._vocabulary.dictionary(self.entity.name, column.name).type)
            return values.cast(pl.String) if column.name in self._as_strings else values
        if column.kind is Kind.TIME:
            return _with_gaps(pl.Series(column.name, raw + OFFSET), gaps).cast(pl.Datetime("us"))
        return _with_gaps(pl.Series(column.name, raw), gaps)


def _with_gaps(values: pl.Series, gaps: Mask) -> pl.Series:
    return values.set(pl.Series(gaps), None) if gaps.any() else values


def _stirred(change: Change) -> Numbers:
    """The states of which a column that is counted by has changed."""
    stirred = np.zeros(len(change.rows), bool)
    for name, values in change.old.items():
        stirred |= values != change.new[name]
    return np.flatnonzero(stirred)


def _day(instants: Values) -> Numbers:
    return (instants + OFFSET) // DAY


def _weights(family: Family, raw: Raw, met: dict[str, Mask]) -> Numbers:
    """What each state adds to its cells: a row per measure. A state without the time is in no cell."""
    counted = raw[family.at] > 0
    weights = np.zeros((len(family.measures), len(counted)), np.int64)
    for ours, measure in zip(weights, family.measures, strict=True):
        amounts = np.maximum(raw[measure.sum], 0) if measure.sum else 1
        np.multiply(met[measure.name] & counted, amounts, out=ours)
    return weights


def _add(add: Add, cells: Cells, places: Numbers, buckets: Numbers, weights: Numbers, old: int) -> None:
    """Take the weights of the first `old` rows away, add those of the rest; what stays is not touched."""
    moved = weights != 0
    if old:
        stays = (places[:old] == places[old:]) & (buckets[:old] == buckets[old:])
        moves = ~(stays & (weights[:, :old] == weights[:, old:]))
        moved &= np.concatenate([moves, moves], axis=1)
    rows = np.flatnonzero(moved.any(axis=0))
    if len(rows):
        measures, chosen = np.nonzero(moved[:, rows])
        amounts = weights[measures, rows[chosen]] * np.where(rows < old, -1, 1)[chosen]
        add(cells, measures, cells.rows(places[rows], buckets[rows])[chosen], amounts)
