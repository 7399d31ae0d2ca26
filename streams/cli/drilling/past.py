"""The last weeks of a simulated province, moved so that they end now.

Always the same six weeks without a holiday, until a Wednesday at 15:00: a drill on a Sunday night meets an
office at work, too. Every time in an event is moved by the same span.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

import polars as pl

from sources.simulator import SCENARIOS, Happening, Province, Run, Size

FIRST, DAYS = date(2026, 5, 4), 38
USUAL = 4
"""Agencies where nothing goes wrong."""
DOSSIERS = 450
"""Per agency: some sixteen a working day."""
SEED = 4
"""With it the first commune is a busy one: a day says something about it."""
END = datetime(2026, 6, 10, 15)  # noqa: DTZ001 - Vietnam's wall clock, as in the simulator
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?=\+07:00)")
AGENCIES = tuple(f"H51.{number}" for number in range(21, 40))
"""Communes of this province, for one scenario each."""


def past(happenings: Iterable[tuple[str, str, int]], now: datetime) -> pl.DataFrame:
    """What has arrived by now: `at, type, agency, key, line`; `at` and `now` are Vietnam's, without a zone.

    happenings: scenario, agency, and the last so many days in which it holds.
    """
    chosen = [Happening(SCENARIOS[name], agency, max(0, DAYS - days)) for name, agency, days in happenings]
    agencies = USUAL + len(chosen)
    size = Size(FIRST, DAYS, agencies, procedures=60, dossiers=DOSSIERS * agencies)
    events = pl.concat(list(Run(Province(SEED, size, chosen)).days())).filter(pl.col("at") <= END)
    span = now.replace(microsecond=0) - END

    @lru_cache(maxsize=100_000)
    def moved(text: str) -> str:
        return (datetime.fromisoformat(text) + span).isoformat()

    lines = [TIME.sub(lambda found: moved(found[0]), line) for line in events["line"]]
    return events.with_columns(pl.col("at") + span, line=pl.Series(lines))


def between(events: pl.DataFrame, now: datetime, start: float, end: float) -> pl.DataFrame:
    """What came more than `end` and at most `start` hours before now."""
    first, last = (now - timedelta(hours=hours) for hours in (start, end))
    return events.filter((pl.col("at") > first) & (pl.col("at") <= last))
