"""Figures for everybody: ratios of months that are over, small numbers hidden.

Only one cut is offered, agencies by calendar month: months do not overlap, so that no difference of two
answers is a smaller one. Other periods, splits and stocks would need their differences looked after as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.catalogue import Catalogue, Kpi
from schemas.instant import midnight
from schemas.reference.tree import AgencyTree
from schemas.selection import By, Counts
from serving.disclosure import Parents, hidden, totals
from serving.figures import Chosen, UnknownKpiError, choose
from serving.kpis import kpi_rows
from serving.period import Period


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A ratio of an agency with all below it; suppressed: it is there, and its numbers are not said."""

    kpi: str
    agency: str
    numerator: int | None
    denominator: int | None
    suppressed: bool

    def as_dict(self) -> dict[str, Any]:
        """Flat, for JSON."""
        value = self.numerator / self.denominator if self.numerator is not None and self.denominator else None
        return {
            "kpi": self.kpi,
            "agency": self.agency,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": value,
            "suppressed": self.suppressed,
        }


def public_rows(
    catalogue: Catalogue, counts: Counts, tree: AgencyTree, month: Period, names: Sequence[str], minimum: int
) -> list[PublicRow]:
    """Of each KPI (none named: all that can be shown) the agencies of the tree that have anything.

    month: a calendar month that is over. The tree is that of its last day; what is counted for agencies that
    no tree knows is left out. Raises UnknownKpiError.
    """
    chosen = _public(choose(catalogue, names, month.last_day), named=bool(names))
    if not chosen:
        return []
    ratios = [c.name for c in chosen]
    rows = kpi_rows(catalogue, counts, month, midnight(month.end), by=By.AGENCY, names=ratios)
    parents = _parents(tree, month.last_day)
    found = []
    for c in chosen:
        of_kpi = [row for row in rows if row.kpi == c.name]
        below = {row.key: int(row.denominator or 0) for row in of_kpi if row.key in parents}
        above = {row.key: int(row.numerator) for row in of_kpi if row.key in parents}
        found += _of_kpi(c.name, parents, above, below, minimum)
    return found


def _of_kpi(
    name: str, parents: Parents, above: dict[str, int], below: dict[str, int], minimum: int
) -> list[PublicRow]:
    secret = hidden(parents, below, minimum)
    numerators, denominators = totals(parents, above), totals(parents, below)
    return [
        PublicRow(name, code, None, None, True)
        if code in secret
        else PublicRow(name, code, numerators[code], denominators[code], False)
        for code in sorted(parents)
        if denominators[code]
    ]


def _public(chosen: Sequence[Chosen], named: bool) -> list[Chosen]:
    """Those that are a sum over agencies and over the month's days."""
    fit = [c for c in chosen if isinstance(c.figure, Kpi) and c.additive and not c.figure.at_end]
    if named and len(fit) < len(chosen):
        other = next(c.name for c in chosen if c not in fit)
        raise UnknownKpiError(f"`{other}` is not for the public: only ratios that add up over agencies are")
    return fit


def _parents(tree: AgencyTree, day: date) -> dict[str, str]:
    places = {code: tree.place(code, day) for code in tree.codes}
    return {code: place.parent if place else "" for code, place in places.items()}
