"""A side of a figure: measures to add up, and how: over the period, or as of its end.

A ratio has two sides, a stock and an amount have one. `Question` says which cells a side reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.catalogue import Amount, AnyFigure, Kpi, Stock, Term
from schemas.selection import By


@dataclass(frozen=True, slots=True)
class Side:
    """Terms, and how they are read.

    at_end: as of the period's end, what flowed in before it less what flowed out. hourly: to the full hour.
    next_hours: what lies in so many hours from then on, instead. per: kept apart by these, to count places.
    """

    terms: tuple[Term, ...]
    at_end: bool = False
    hourly: bool = False
    next_hours: int = 0
    per: tuple[By, ...] = ()


def sides(figure: AnyFigure) -> Iterator[Side]:
    """The sides of a figure: numerator and denominator of a ratio; none of a score, which has its KPIs'."""
    if isinstance(figure, Kpi):
        per = tuple(By(name) for name in figure.distinct)
        yield Side(figure.numerator, "numerator" in figure.at_end, per=per)
        yield Side(figure.denominator, "denominator" in figure.at_end, per=per)
    elif isinstance(figure, Stock):
        yield Side(figure.flows, True, figure.hourly, figure.next_hours)
    elif isinstance(figure, Amount):
        yield Side(figure.terms)
