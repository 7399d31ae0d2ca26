"""Counts per agency and day of what was decided: plain additions, nothing shared with the engine."""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sources.simulator.working_time import DAY, NEVER

Column = NDArray[Any]
Cells = dict[tuple[str, str], Column]
MET, AMONG, IN, OUT, STOCK, AMOUNT = "met", "among", "in", "out", "stock", "amount"


class Tally:
    """What happened, by agency (its number) and day of the run.

    cells: by figure and part, a number per agency and day. standing: what is at the end of the run, per
    agency. distinct: whether there was any, per agency and procedure. fell_due: agency, day of coming in, day
    of falling due, and whether it was handed in online, of the dossiers that were unfinished then.
    """

    def __init__(self, codes: list[str], procedures: int, first: date, days: int) -> None:
        self.codes, self.first, self.days = codes, first, days
        self.cells: Cells = defaultdict(lambda: np.zeros((len(codes), days), np.int64))
        self.standing: Cells = defaultdict(lambda: np.zeros(len(codes), np.int64))
        self.distinct: Cells = defaultdict(lambda: np.zeros((len(codes), procedures), bool))
        self.fell_due: list[Column] = []

    def rate(self, kpi: str, agency: Column, at: Column, among: Column, met: Column) -> None:
        """Count rows `among` on the day of `at`, and those of them that `met`."""
        self.flow(kpi, AMONG, agency, at, among)
        self.flow(kpi, MET, agency, at, among & met)

    def flow(
        self, figure: str, part: str, agency: Column, at: Column, chosen: Column, amount: Any = 1
    ) -> None:
        """Add `amount` for chosen rows on the day of `at`; what lies outside the run is left out."""
        chosen = chosen & (at >= 0) & (at < self.days * DAY)
        added = amount[chosen] if isinstance(amount, np.ndarray) else amount
        np.add.at(self.cells[figure, part], (agency[chosen], at[chosen] // DAY), added)

    def stand(self, figure: str, part: str, agency: Column, chosen: Column) -> None:
        """Count what stands at the end of the run."""
        self.standing[figure, part] += np.bincount(agency[chosen], minlength=len(self.codes))

    def share(self, kpi: str, agency: Column, among: Column, met: Column) -> None:
        """Count rows `among` at the end of the run, and those of them that `met`."""
        self.stand(kpi, AMONG, agency, among)
        self.stand(kpi, MET, agency, among & met)

    def note(self, kpi: str, part: str, agency: Column, procedure: Column, chosen: Column) -> None:
        """Note which procedures of which agencies there was anything of."""
        self.distinct[kpi, part][agency[chosen], procedure[chosen]] = True

    def unfinished(
        self, agency: Column, came_in: Column, due: Column, online: Column, chosen: Column
    ) -> None:
        """Note dossiers that were not finished by their promised day."""
        chosen = chosen & (due < NEVER)
        columns = (agency, came_in // DAY, due // DAY, online.astype(np.int64))
        self.fell_due.append(np.stack([column[chosen] for column in columns]))
