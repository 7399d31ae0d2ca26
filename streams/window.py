"""Windows that end now, in hour buckets: `24h`: 24 hours with the running one, `7d`: 7 days with today."""

import re
from dataclasses import dataclass

from schemas.instant import DAY, HOUR, OFFSET

FORM = re.compile(r"([1-9][0-9]{0,3})([hd])")
DAY_HOURS = DAY // HOUR


@dataclass(frozen=True, slots=True)
class Window:
    """A window by its name."""

    name: str
    length: int
    of_days: bool

    def start(self, now: int) -> int:
        """Its first hour bucket."""
        if self.of_days:
            return midnight(now) - (self.length - 1) * DAY_HOURS
        return hour(now) - self.length + 1

    def end(self, now: int) -> int:
        """The hour bucket after its last one."""
        return midnight(now) + DAY_HOURS if self.of_days else hour(now) + 1


def parse(text: str) -> tuple[Window, ...]:
    """Read `24h,7d`; raises ValueError."""
    windows = []
    for name in filter(None, (part.strip() for part in text.split(","))):
        match = FORM.fullmatch(name)
        if not match:
            raise ValueError(f"`{name}` is no window; write hours or days, such as 24h or 7d")
        windows.append(Window(name, int(match[1]), match[2] == "d"))
    return tuple(windows)


def hour(instant: int) -> int:
    """The hour bucket of an instant (microseconds): hours since 1970 UTC."""
    return instant // HOUR


def midnight(instant: int) -> int:
    """The first hour bucket of its Vietnamese day."""
    return ((instant + OFFSET) // DAY * DAY - OFFSET) // HOUR
