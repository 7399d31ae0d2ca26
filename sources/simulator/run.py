"""A run: day by day, lives are decided, counted, and told when their days come.

Memory holds the lives that are not at their end and the events that are delayed, not the run.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import polars as pl

from sources.simulator.counting import count_services
from sources.simulator.life import cut, frame, service_keys
from sources.simulator.mistakes import Mistakes
from sources.simulator.others import services
from sources.simulator.parts import Part, parts
from sources.simulator.province import Province
from sources.simulator.tally import Tally
from sources.simulator.tellings import SERVICES
from sources.simulator.template import Template
from sources.simulator.way_in import Faults, WayIn


class Run:
    """Events of a province. `tally` is what they amount to, `told` how many there were of each type."""

    def __init__(
        self, province: Province, faults: Faults | None = None, wrong: Mistakes | None = None
    ) -> None:
        self.province, self.told = province, Counter[str]()
        self.way_in = WayIn(province, faults or Faults())
        size, codes = province.size, [agency.code for agency in province.agencies]
        self.tally = Tally(codes, len(province.procedures), size.first, size.days)
        self._parts = parts(province, wrong or Mistakes())
        self._services = cut(services(province), province)

    def days(self) -> Iterator[pl.DataFrame]:
        """What arrives day by day, in order: `at, type, agency, key, line`; then what was delayed."""
        offers = frame(self._services, self.province, service_keys(self.province, self._services))
        nothing = SERVICES[0].told(offers, pl.lit(False))
        for day in range(self.province.size.days):
            tables = self._told(offers, SERVICES, day)
            for part in self._parts:
                tables += self._of(part, day)
            events = pl.concat([nothing, *tables]).sort("at", maintain_order=True)
            yield self.way_in.through(events, day)
        count_services(self.tally, self._services)
        if (rest := self.way_in.rest()) is not None:
            yield rest

    def _of(self, part: Part, day: int) -> list[pl.DataFrame]:
        """Events of a day, of what begins on it and of what began before."""
        life = cut(part.draw(day, int(part.numbers[day])), self.province)
        part.count(self.tally, life)
        begun = frame(life, self.province, part.keys(life, day))
        lives = pl.concat([*part.lives, begun])
        part.lives = [lives.filter(pl.col("last") > day)]
        return self._told(lives, part.templates, day)

    def _told(self, lives: pl.DataFrame, templates: tuple[Template, ...], day: int) -> list[pl.DataFrame]:
        start = datetime.combine(self.province.size.first, time()) + timedelta(days=day)
        today = [template.happens(start, start + timedelta(days=1)) for template in templates]
        numbers = lives.select(happens.sum().alias(f"{n}") for n, happens in enumerate(today)).row(0)
        tables = []
        for template, happens, number in zip(templates, today, numbers, strict=True):
            if number:  # most templates have nothing to tell on most days of a small province
                tables.append(template.told(lives, happens))
                self.told[template.type] += number
        return tables
