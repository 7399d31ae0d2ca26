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
        for day in range(self.province.size.days):
            events = [self._told(offers, SERVICES, day), *(self._of(part, day) for part in self._parts)]
            yield self.way_in.through(pl.concat(events).sort("at", maintain_order=True), day)
        count_services(self.tally, self._services)
        if (rest := self.way_in.rest()) is not None:
            yield rest

    def _of(self, part: Part, day: int) -> pl.DataFrame:
        """Events of a day, of what begins on it and of what began before."""
        life = cut(part.draw(day, int(part.numbers[day])), self.province)
        part.count(self.tally, life)
        begun = frame(life, self.province, part.keys(life, day))
        lives = pl.concat([*part.lives, begun])
        part.lives = [lives.filter(pl.col("last") > day)]
        return self._told(lives, part.templates, day)

    def _told(self, lives: pl.DataFrame, templates: tuple[Template, ...], day: int) -> pl.DataFrame:
        start = datetime.combine(self.province.size.first, time()) + timedelta(days=day)
        tables = [template.told(lives, start, start + timedelta(days=1)) for template in templates]
        for template, table in zip(templates, tables, strict=True):
            self.told[template.type] += table.height
        return pl.concat(tables)
