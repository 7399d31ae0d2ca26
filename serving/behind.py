"""The entities behind a number: which states make up a side of a figure, said so that a store can list them.

A state counts for a term when it meets the measure's condition and its time lies in the cells that the term
reads; over the terms with their signs it is behind the number when more than nothing remains.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.catalogue import AnyFigure, Catalogue, Kpi, Measure
from schemas.selection import Selection
from serving.question import Question
from serving.side import Side, sides
from serving.which import Which


@dataclass(frozen=True, slots=True)
class Counted:
    """A measure over the cells it is read from; sign: 1, or -1 for what is taken away."""

    sign: int
    measure: Measure
    cells: Selection


@dataclass(frozen=True, slots=True)
class Behind:
    """The entities of one kind for which `counted` adds up to more than 0 and `without`, if any, does not."""

    entity: str
    counted: tuple[Counted, ...]
    without: tuple[Counted, ...] = ()


class NothingBehindError(ValueError):
    """A figure that no list of entities stands behind; the message says why."""


def behind(catalogue: Catalogue, figure: AnyFigure, question: Question, which: Which) -> Behind:
    """What stands behind a figure. A stock or amount has only a numerator. Raises NothingBehindError."""
    found = list(sides(figure))
    if not found or any(side.per for side in found):
        raise NothingBehindError(f"`{figure.name}` is made of other figures or of places: ask for its parts")
    above, below = found[0], found[-1] if isinstance(figure, Kpi) else None
    if which is Which.NUMERATOR or below is None:
        if which is not Which.NUMERATOR:
            raise NothingBehindError(f"`{figure.name}` has no denominator: ask for its numerator")
        return _of(catalogue, question, above)
    return _of(catalogue, question, below, above if which is Which.MISSING else None)


def _of(catalogue: Catalogue, question: Question, side: Side, without: Side | None = None) -> Behind:
    counted = tuple(_terms(catalogue, question, side))
    rest = tuple(_terms(catalogue, question, without)) if without else ()
    entities = {each.measure.entity for each in (*counted, *rest)}
    if len(entities) > 1:
        raise NothingBehindError(f"counts of {' and '.join(sorted(entities))} stand on its sides")
    return Behind(entities.pop(), counted, rest)


def _terms(catalogue: Catalogue, question: Question, side: Side) -> Iterable[Counted]:
    for term in side.terms:
        measure = catalogue.measures[term.measure]
        yield Counted(term.sign, measure, question.cells(side, measure))
