"""Points for KPIs: how a composite such as that of Decision 766/QĐ-TTg is added up (domain, section 2.3).

A part gives `points * min(1, ratio / full_at)`. A part without data, or whose KPI has nothing to measure,
gives none and takes its points out of what can be attained, unless it says what it gives then. Fractions keep
the sum exact: 71.63 is 71.63 in whatever order it is added up.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from schemas.catalogue import Part

Ratios = Mapping[str, tuple[int, int]]
"""Numerator and denominator by the part's KPI; one that is absent has nothing to measure."""


class Points(NamedTuple):
    """Points got, and points attainable with the data there are."""

    got: float
    attainable: float


def points(parts: Iterable[Part], ratios: Ratios) -> Points:
    """Add up the parts that have data."""
    got = attainable = Fraction()
    for part in parts:
        gives = _gives(part, *ratios.get(part.kpi, (0, 0))) if part.kpi else None
        if gives is not None:
            got, attainable = got + gives, attainable + _exact(part.points)
    return Points(float(got), float(attainable))


def _gives(part: Part, numerator: int, denominator: int) -> Fraction | None:
    if not denominator:
        return None if part.when_empty is None else _exact(part.when_empty)
    share = Fraction(numerator, denominator) / _exact(part.full_at)
    return _exact(part.points) * min(max(share, Fraction()), Fraction(1))


def _exact(number: float) -> Fraction:
    """As the catalogue writes it: 0.8 is four fifths, not the double next to it."""
    return Fraction(str(number))
