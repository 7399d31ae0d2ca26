"""A simulated province of a hundred days with its reference data, for the tests of reports."""

import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from schemas.reference.tables import Reference, gather
from serving.frame_counts import FrameCounts
from serving.reports.setting import Setting
from serving.span import named
from sources.simulator.reference import write_reference
from tests.reports.places import CATALOGUE, counted
from tests.simulator.small import FIRST, LATER, SCRAMBLED, told

LEVELS = {"province": "Cấp tỉnh", "department": "Cấp tỉnh", "commune": "Cấp xã"}


@dataclass(frozen=True)
class Simulated:
    """Its events as they arrived, its counts, its reference data, the level of each agency."""

    lines: list[str]
    known: Reference
    counts: FrameCounts
    first = FIRST
    levels: dict[str, str] = field(default_factory=dict)

    def setting(self, period, *, now=LATER, agency=None, lines=None, known=None):
        held = self.counts if lines is None else counted(lines, self.known)
        return Setting(CATALOGUE, held, known or self.known, named(period), period, now, agency)


@cache
def simulated() -> Simulated:
    made = told(faults=SCRAMBLED)
    with tempfile.TemporaryDirectory() as folder:
        known, mistakes = gather(write_reference(made.run.province, Path(folder)))
    assert mistakes == []
    levels = {row.code: LEVELS[row.level] for row in known.agencies}
    return Simulated(made.lines, known, counted(made.lines, known), levels)
