"""Deriving counts: what a state contributes to which cells is a pure function of the state (invariant 2).

When a state changes, the contribution of the old one leaves its cells and that of the new one enters.
"""

from dataclasses import dataclass

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
from streams.places import Places
from streams.states import Change
from streams.vocabulary import Vocabulary

Raw = dict[str, Values]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Family:
    """The measures of an entity counted at the same column (and with the same cohort)."""

    at: str
    cohort: str | None
    measures: tuple[Measure, ...]
    hourly: Places
    daily: Places


@dataclass(frozen=True, slots=True)
class FamilyCells:
    """The cells of one family in one shard."""

    hourly: Cells
    daily: Cells


@dataclass(frozen=True, slots=True)
class _Side:
    """States before or after a change: which are counted at all, in which cells, with which weight."""

    rows: npt.NDArray[np.intp]
    hourly: Numbers
    daily: Numbers
    weights: list[Numbers]


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
        self.families = self._families()
        used = {name for m in self.measures for name in (m.at, m.sum, m.cohort) if name}
        self.watched: frozenset[str] = self._read | used | frozenset(self.place_columns)

    def _families(self) -> tuple[Family, ...]:
        groups: dict[tuple[str, str | None], list[Measure]] = {}
        for measure in self.measures:
            groups.setdefault((measure.at, measure.cohort), []).append(measure)
        width = len(self.place_columns)
        return tuple(
            Family(at, cohort, tuple(measures), Places(1), Places(width + (cohort is not None)))
            for (at, cohort), measures in groups.items()
        )

    def dictionaries(self, family: Family) -> list[Dictionary | None]:
        """The dictionaries of a daily place's codes; None for the cohort day."""
        names = [self._vocabulary.dictionary(self.entity.name, name) for name in self.place_columns]
        return [*names, None] if family.cohort else [*names]

    def new_cells(self) -> list[FamilyCells]:
        """Empty cells for a shard, one per family."""
        return [FamilyCells(Cells(len(f.measures)), Cells(len(f.measures))) for f in self.families]

    def apply(self, change: Change, cells: list[FamilyCells]) -> None:
        """Move the contributions of changed states from their old cells to their new ones."""
        if not len(change.rows):
            return
        met = {-1: self._conditions_met(change.old), 1: self._conditions_met(change.new)}
        raws = {-1: change.old, 1: change.new}
        for family, ours in zip(self.families, cells, strict=True):
            sides = {sign: self._side(family, ours, raws[sign], met[sign]) for sign in (-1, 1)}
            _move(family, ours, sides[-1], sides[1], len(change.rows))

    def _side(self, family: Family, cells: FamilyCells, raw: Raw, met: dict[str, Mask]) -> _Side:
        rows = np.flatnonzero(raw[family.at] > 0)
        at = raw[family.at][rows]
        codes = [raw[name][rows] for name in self.place_columns]
        hourly = cells.hourly.rows(family.hourly.numbers(codes[:1]), at // HOUR)
        if family.cohort:
            codes.append(np.where(raw[family.cohort][rows] > 0, _day(raw[family.cohort][rows]), 0))
        daily = cells.daily.rows(family.daily.numbers(codes), _day(at))
        weights = [_weight(measure, raw, met[measure.name])[rows] for measure in family.measures]
        return _Side(rows, hourly, daily, weights)

    def _conditions_met(self, raw: Raw) -> dict[str, Mask]:
        met = self._frame(raw).with_columns(self._conditions)
        return {measure.name: met[measure.name].to_numpy() for measure in self.measures}

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
        unset = 0 if column.kind.is_string else int(column.kind.unset)
        if column.kind is Kind.FLAG:
            values = pl.Series(column.name, raw == 2)
            if column.default is not None:
                return values
        elif column.kind.is_string:
            dictionary = self._vocabulary.dictionary(self.entity.name, column.name)
            values = dictionary.categorical(raw.astype(np.uint32)).alias(column.name)
            if column.name in self._as_strings:
                values = values.cast(pl.String)
        elif column.kind is Kind.TIME:
            values = pl.Series(column.name, raw + OFFSET).cast(pl.Datetime("us"))
        else:
            values = pl.Series(column.name, raw)
        return _with_gaps(values, raw == unset)


def _with_gaps(values: pl.Series, gaps: Mask) -> pl.Series:
    return values.zip_with(pl.Series(~gaps), values.clear(len(values))) if gaps.any() else values


def _day(instants: Values) -> Numbers:
    return (instants + OFFSET) // DAY


def _weight(measure: Measure, raw: Raw, met: Mask) -> Numbers:
    if measure.sum is None:
        return met.astype(np.int64)
    return np.where(met, np.maximum(raw[measure.sum], 0), 0)


def _move(family: Family, cells: FamilyCells, old: _Side, new: _Side, count: int) -> None:
    for number in range(len(family.measures)):
        for ours, before, after in (
            (cells.hourly, old.hourly, new.hourly),
            (cells.daily, old.daily, new.daily),
        ):
            moved = _spread(old.rows, before, count) != _spread(new.rows, after, count)
            moved |= _spread(old.rows, old.weights[number], count, 0) != _spread(
                new.rows, new.weights[number], count, 0
            )
            for side, at, sign in ((old, before, -1), (new, after, 1)):
                chosen = np.flatnonzero(moved[side.rows] & (side.weights[number] != 0))
                if len(chosen):
                    ours.add(number, at[chosen], sign * side.weights[number][chosen])


def _spread(rows: npt.NDArray[np.intp], values: Numbers, count: int, rest: int = -1) -> Numbers:
    spread = np.full(count, rest, np.int64)
    spread[rows] = values
    return spread
