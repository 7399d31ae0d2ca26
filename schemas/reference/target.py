"""A target (giao chỉ tiêu): what a KPI should reach, for an agency or for all of a level, while it holds."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from schemas.reference.row import DatedRow, Level
from schemas.reference.tree import AgencyTree
from schemas.reference.value import Code, Number


class Target(DatedRow):
    """A target; `agency` or `level` is given. value: a ratio (0,9 or 90 %), for a stock a number.

    basis: the decision that sets it.
    """

    kpi: Code = Field(title="chỉ tiêu", min_length=1)
    level: Level | None = Field(None, title="cấp")
    agency: Code = Field("", title="mã cơ quan")
    value: Number = Field(title="giá trị", ge=0)
    basis: str = Field("", title="căn cứ", max_length=500)

    @property
    def key(self) -> tuple[str, ...]:
        """One target on any day for whom it is meant."""
        return (self.kpi, self.level or "", self.agency)


class Targets:
    """The targets in force: the most specific wins. Where nothing is given, the catalogue's holds."""

    def __init__(self, rows: Iterable[Target], tree: AgencyTree) -> None:
        self._tree = tree
        self._rows: dict[tuple[str, ...], list[Target]] = {}
        for row in rows:
            self._rows.setdefault(row.key, []).append(row)

    def given(self, kpi: str, agency: str, day: date) -> float | None:
        """The agency's own target on a day, else that of its level; None: nothing is given.

        An agency's target is not handed down to those below it.
        """
        level = self._tree.level(agency, day)
        for key in ((kpi, "", agency), (kpi, level or "", "")):
            for row in self._rows.get(key, ()):
                if row.holds(day):
                    return row.value
        return None

    @property
    def kpis(self) -> frozenset[str]:
        """The KPIs that there are rows of."""
        return frozenset(key[0] for key in self._rows)
