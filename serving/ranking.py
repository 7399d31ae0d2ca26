"""Agencies in order of one KPI, and how each has moved since the period before.

Equal values share a rank, and the next rank counts them (1, 1, 3). An agency whose denominator is below the
minimum is listed without a rank: three dossiers say nothing about an agency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from serving.compare import Compared
from serving.row import Row

MINIMUM = 30
"""Usual smallest denominator of a ranked agency."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A compared row with its rank; None: not ranked."""

    compared: Compared
    rank: int | None
    previous_rank: int | None

    @property
    def row(self) -> Row:
        """The row."""
        return self.compared.row

    @property
    def movement(self) -> int | None:
        """Places gained (positive) or lost since the period before."""
        if self.rank is None or self.previous_rank is None:
            return None
        return self.previous_rank - self.rank

    def as_dict(self) -> dict[str, Any]:
        """The compared row's public form with rank, previous rank and movement."""
        ranks = {"rank": self.rank, "previous_rank": self.previous_rank, "movement": self.movement}
        return self.compared.as_dict() | ranks


def ranking(rows: Sequence[Compared], previous: Iterable[Row], minimum: int = MINIMUM) -> list[Ranked]:
    """Order rows of one KPI split by agency: the best first, those without a rank last, by code.

    previous: all rows of the period before, also of agencies that have none now.
    """
    higher = all(each.higher for each in rows)
    now = _ranks((each.row for each in rows), minimum, higher)
    before = {row.key: row for row in (*previous, *(each.before for each in rows if each.before))}
    then = _ranks(before.values(), minimum, higher)
    ranked = [Ranked(each, now.get(each.row.key), then.get(each.row.key)) for each in rows]
    return sorted(ranked, key=lambda r: (r.rank is None, r.rank or 0, r.row.key or ""))


def _ranks(rows: Iterable[Row], minimum: int, higher: bool) -> dict[str | None, int]:
    values = {
        row.key: row.value
        for row in rows
        if row.value is not None and row.key and (row.denominator is None or row.denominator >= minimum)
    }
    ordered = sorted(values.values(), reverse=higher)
    return {key: ordered.index(value) + 1 for key, value in values.items()}
