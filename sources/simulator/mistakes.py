"""What was entered wrongly and is put right later: corrections, and dossiers voided as a whole.

The kinds of correction come from what the seeds name: lateness that is the system's fault (S3), results in
the wrong list (S2), components digitised afterwards; and a dossier that went to the wrong agency.
"""

from typing import NamedTuple

import numpy as np

from sources.simulator.dice import Dice
from sources.simulator.life import Life
from sources.simulator.province import Province
from sources.simulator.working_time import NEVER, WORKDAY


class Mistakes(NamedTuple):
    """Shares of dossiers (and of documents) that are corrected, and that are voided."""

    corrected: float = 0.01
    voided: float = 0.003


WHEN_OPEN = ("digitised_fixed_at", "moved_at")
WHEN_ENDED = ("reopened_at", "outcome_fixed_at", "excused_at")


def mistakes(life: Life, province: Province, dice: Dice, wrong: Mistakes) -> None:
    """Add one correction to some, the end of it all to a few."""
    number, moments = len(life["agency"]), province.time.moments
    corrected, voided = dice.hit(wrong.corrected, number), dice.hit(wrong.voided, number)
    kind = dice.between(0, len(WHEN_OPEN) + len(WHEN_ENDED), number)
    seen = dice.between(3_600, 3 * WORKDAY, number)
    for n, name in enumerate(WHEN_OPEN + WHEN_ENDED):
        base = life["accepted"] if name in WHEN_OPEN else life["ended"]
        life[name] = moments(np.where(corrected & (kind == n), base + seen, NEVER))
    life["other"] = life["agency"] % (len(province.agencies) - 1) + 1
    life["voided_at"] = moments(np.where(voided, life["accepted"] + 2 * seen, NEVER))
