"""What the way in does to a day's events: copies, delays, outages, and records nobody can read.

A delayed event is kept until its time of arrival has come, at most REACH after it happened. None is lost.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sources.simulator.dice import Dice, Whole
from sources.simulator.province import Province
from sources.simulator.working_time import DAY

REACH = 14 * DAY
"""Seconds by which an event may arrive late."""

OUTAGE_HOURS = (2, 30)
SETTLING = 3_600
"""After an outage the events that queued up come within an hour."""


@dataclass(frozen=True)
class Faults:
    """Shares of events that arrive twice, and late; outages of the one-stop system in a year."""

    duplicates: float = 0.0
    disorder: float = 0.0
    outages: float = 0.0


class WayIn:
    """Takes each day's events in the order in which they happened, gives them in that of arrival."""

    def __init__(self, province: Province, faults: Faults) -> None:
        self._province, self._faults = province, faults
        self._held: list[pl.DataFrame] = []
        self.malformed = self.duplicates = self.delayed = 0

    def through(self, events: pl.DataFrame, day: int) -> pl.DataFrame:
        """What arrives on a day, given what happened on it: `at, type, agency, key, line`, sorted by `at`."""
        dice = self._province.dice("way in", day)
        arriving = self._late(self._outage(self._twice(self._unreadable(events, dice, day), dice), day), dice)
        today = pl.col("at") < self._moment(day + 1)
        due = pl.concat([held.filter(today) for held in self._held] + [arriving.filter(today)])
        self._held = [held.filter(~today) for held in self._held] + [_compact(arriving.filter(~today))]
        self._held = [held for held in self._held if held.height]
        return due.sort("at", maintain_order=True)

    def rest(self) -> pl.DataFrame | None:
        """What is still on its way after the last day."""
        return pl.concat(self._held).sort("at", maintain_order=True) if self._held else None

    def _moment(self, day: int) -> pl.Expr:
        return pl.lit(self._province.time.first).cast(pl.Datetime("us")) + pl.duration(days=day)

    def _unreadable(self, events: pl.DataFrame, dice: Dice, day: int) -> pl.DataFrame:
        """Extra records, made of real ones: cut off, of another version, of a type there is not."""
        places = events["agency"].to_physical().to_numpy()
        bad = dice.hit(self._province.shares(day)["malformed"][places], events.height)
        if not bad.any():
            return events
        spoilt = events.filter(pl.Series(bad))
        self.malformed += spoilt.height
        line, turn = pl.col("line"), pl.int_range(pl.len()) % 3
        unread = (
            pl.when(turn == 0)
            .then(line.str.head(120))
            .when(turn == 1)
            .then(line.str.replace('"specversion":"1.0"', '"specversion":"0.3"', literal=True))
            .otherwise(line.str.replace('.v1"', '.v9"', literal=True))
        )
        return pl.concat([events, spoilt.with_columns(line=unread)])

    def _twice(self, events: pl.DataFrame, dice: Dice) -> pl.DataFrame:
        again = dice.hit(self._faults.duplicates, events.height)
        delay = dice.between(0, REACH, events.height)
        copies = events.with_columns(pl.col("at") + _seconds(delay)).filter(pl.Series(again))
        self.duplicates += copies.height
        return pl.concat([events, copies])

    def _late(self, events: pl.DataFrame, dice: Dice) -> pl.DataFrame:
        delayed = dice.hit(self._faults.disorder, events.height)
        delay = np.where(delayed, dice.between(0, REACH, events.height), 0)
        self.delayed += int(delayed.sum())
        return events.with_columns(pl.col("at") + _seconds(delay))

    def _outage(self, events: pl.DataFrame, day: int) -> pl.DataFrame:
        """Dossiers' events of an outage that begins today queue up until its end."""
        dice = self._province.dice("outages", day)
        if not dice.hit(self._faults.outages / 365, 1)[0]:
            return events
        begin, hours = dice.between(7 * 3600, 17 * 3600, 1)[0], dice.between(*OUTAGE_HOURS, 1)[0]
        begun = self._moment(day) + pl.duration(seconds=int(begin))
        back = begun + pl.duration(hours=int(hours)) + _seconds(dice.between(0, SETTLING, events.height))
        queued = (pl.col("at") >= begun) & pl.col("type").str.contains(".dossier.", literal=True)
        self.delayed += int(events.select(queued.sum()).item())
        return events.with_columns(at=pl.when(queued).then(back).otherwise(pl.col("at")))


def _compact(events: pl.DataFrame) -> pl.DataFrame:
    """A copy of its own: a part of a table keeps all texts of the whole in memory."""
    return pl.DataFrame(events.to_dict(as_series=False), schema=events.schema)


def _seconds(delay: Whole) -> pl.Expr:
    return pl.duration(seconds=pl.lit(pl.Series(delay)))
