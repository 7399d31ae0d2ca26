"""A province before anything happens: who there is, what they offer, when, and how often things happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from sources.simulator.agencies import Agency, tree
from sources.simulator.dice import Dice, Whole
from sources.simulator.procedures import FIELDS, Procedure, Services, drawn, offered
from sources.simulator.scenarios import Happening
from sources.simulator.shares import PerAgency, Shares, per_agency
from sources.simulator.working_time import DAY, Moments, WorkingTime


@dataclass(frozen=True)
class Size:
    """How large a province, and how long: `first` day, and `days` days."""

    first: date
    days: int
    agencies: int = 150
    procedures: int = 2_000
    dossiers: int = 20_000


class Province:
    """The same for the same arguments. Raises ValueError for a size or a scenario that makes no sense."""

    def __init__(
        self, seed: int, size: Size, happenings: Sequence[Happening] = (), shares: Shares | None = None
    ) -> None:
        if size.days < 1 or size.dossiers < 0 or not 1 <= size.procedures <= 12_999:
            raise ValueError("a run has at least 1 day, 0 dossiers, and 1 to 12,999 procedures")
        self.seed, self.size, self.happenings = seed, size, happenings
        self.agencies: list[Agency] = tree(size.agencies)
        self.procedures: list[Procedure] = drawn(size.procedures, self.dice("procedures"))
        self.services: Services = offered(self.agencies, self.procedures, size.days, self.dice("services"))
        self.time = WorkingTime(size.first, size.days)
        self._base = shares or Shares()
        self._codes = [agency.code for agency in self.agencies]
        unknown = [h.agency for h in happenings if h.agency not in self._codes]
        if unknown:
            raise ValueError(
                f"there is no agency {unknown[0]}; there are {self._codes[0]} to {self._codes[-1]}"
            )

    def dice(self, part: str, day: int = 0) -> Dice:
        """The draws of a part of a day."""
        return Dice(self.seed, part, day)

    @cached_property
    def end(self) -> int:
        """The first moment after the run."""
        return self.size.days * DAY

    @cached_property
    def heard_until(self) -> Moments:
        """Per agency, the first moment of which nothing is heard any more: of a silent one, or the end."""
        result = np.full(len(self.agencies), self.end, np.int64)
        for happening in self.happenings:
            if happening.scenario.silent:
                result[self._codes.index(happening.agency)] = happening.day * DAY
        return result

    @cached_property
    def _usual(self) -> PerAgency:
        return per_agency(self._base, len(self.agencies), self.dice("shares"))

    def shares(self, day: int) -> PerAgency:
        """Shares per agency on a day, scenarios included."""
        result = self._usual
        for happening in self.happenings:
            if day >= happening.day and happening.scenario.shares:
                place = self._codes.index(happening.agency)
                result = dict(result)
                for name, share in happening.scenario.shares.items():
                    result[name] = result[name].copy()
                    result[name][place] = share
        return result

    @cached_property
    def agency_codes(self) -> pl.Enum:
        """Codes of agencies, in the order of their numbers."""
        return pl.Enum(self._codes)

    @cached_property
    def procedure_codes(self) -> pl.Enum:
        """Codes of procedures, in the order of their numbers."""
        return pl.Enum([procedure.code for procedure in self.procedures])

    @cached_property
    def fields(self) -> tuple[Whole, list[str]]:
        """The field of each procedure, as a number, and the codes of fields."""
        return np.array([p.field for p in self.procedures]), [code for code, _ in FIELDS]
