"""A digest: what the board showed of a day, and what has come since."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it was shown. agency: '' for all. rule: changes when what is counted changes.

    denominator, value: None for a stock's or amount's, and where there was nothing to measure.
    """

    agency: str
    kpi: str
    version: str
    rule: str
    numerator: float
    denominator: float | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Taken:
    """The head of a digest: of which Vietnamese day, when it was taken, by which reference data (0: none)."""

    day: date
    taken_at: datetime
    reference: int


@dataclass(frozen=True, slots=True)
class Since:
    """Events that came after a digest was taken, about entities of an agency.

    late: happened before the day ended. corrections: `corrected`, `voided` and `snapshot`, whenever.
    later: happened after the day; a fee that is paid then still belongs to the dossier's month.
    """

    late: int
    corrections: int
    later: int
