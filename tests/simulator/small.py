"""Small simulated provinces for the tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sources.simulator import SCENARIOS, Faults, Happening, Mistakes, Province, Run, Size

FIRST = date(2026, 1, 5)
DAYS = 100
END = FIRST + timedelta(days=DAYS)
LATER = datetime(2026, 11, 1, tzinfo=UTC)
SIZE = Size(FIRST, DAYS, agencies=12, procedures=40, dossiers=1_500)
PLACE, SINCE = "H51.22", 40

CLEAN = Faults()
SCRAMBLED = Faults(duplicates=0.05, disorder=0.1, outages=20)
MANY = Mistakes(corrected=0.1, voided=0.03)


@dataclass(frozen=True)
class Told:
    """A run that is over, and its lines in order of arrival."""

    run: Run
    lines: list[str]


@cache
def told(
    scenario: str | None = None,
    faults: Faults = CLEAN,
    wrong: Mistakes = MANY,
    seed: int = 3,
    size: Size = SIZE,
) -> Told:
    """The run of these arguments, made once."""
    happenings = [Happening(SCENARIOS[scenario], PLACE, SINCE)] if scenario else []
    run = Run(Province(seed, size, happenings), faults, wrong)
    return Told(run, [line for events in run.days() for line in events["line"]])
