"""From acceptance to the end: promised day, supplements, extension, end, and what follows it.

Everything here is in working seconds; moments are made of them at the end of each step.
"""

import numpy as np

from sources.simulator.dice import Dice, Flags, Whole
from sources.simulator.life import Life
from sources.simulator.working_time import NEVER, WORKDAY, WorkingTime

CUT_OFF = WORKDAY - 7_200
"""15:00; what comes in later is promised for the next working day at the earliest (domain, section 6)."""

NO_DATE, USUAL_DAYS = -1, 10
"""Handling without a promised date takes so many days at most."""

HOUR = 3_600


def course(life: Life, time: WorkingTime, dice: Dice, of: Life) -> None:
    """Add what happens from acceptance on; `of`: shares, row by row."""
    day, rest = np.divmod(life["accepted"], WORKDAY)
    days = np.where(life["days"] == NO_DATE, USUAL_DAYS, life["days"])
    promised = day + np.maximum(days, rest > CUT_OFF)
    begun, due = _supplements(life, time, dice, of, promised)
    begun, due = _extension(life, time, dice, of, begun, due)
    late = dice.hit(of["late"], len(due)) & (life["days"] != NO_DATE)
    ended = _end(dice, of, begun, due, late)
    life["promised"], life["late_day"] = promised, due
    _outcome(life, time, dice, of, ended)
    _afterwards(life, time, dice, of, ended, late)
    if (undated := life["days"] == NO_DATE).any():
        for name in ("due_at", "due_1_at", "due_2_at", "due_x_at"):
            life[name] = np.where(undated, NEVER, life[name])


def _supplements(life: Life, time: WorkingTime, dice: Dice, of: Life, promised: Whole) -> tuple[Whole, Whole]:
    """One request, sometimes two, sometimes never answered; the promised day moves by the days waited."""
    number, accepted = len(promised), life["accepted"]
    once = dice.hit(of["supplement"], number) & (life["days"] >= 3)
    twice = once & dice.hit(of["second_supplement"], number)
    asked = accepted + dice.between(HOUR, life["days"] * WORKDAY // 3, number)
    back = asked + dice.between(HOUR, 6 * WORKDAY, number)
    again = back + dice.between(HOUR, WORKDAY // 2, number)
    back_again = again + dice.between(HOUR, 4 * WORKDAY, number)
    silent = dice.hit(of["unanswered"], number)
    back = np.where(silent & ~twice, NEVER, back)
    back_again = np.where(silent, NEVER, back_again)
    life["due_at"] = time.closing(promised)
    begun, due, waited = accepted, promised, np.zeros(number, np.int64)
    for n, chosen, asked_at, back_at in ((1, once, asked, back), (2, twice, again, back_again)):
        waited = waited + np.where(chosen, back_at - asked_at, 0)
        moved = promised - (-waited // WORKDAY)
        life[f"asked_{n}_at"] = time.moments(np.where(chosen, asked_at, NEVER))
        life[f"back_{n}_at"] = time.moments(np.where(chosen, back_at, NEVER))
        life[f"due_{n}_at"], life[f"waited_{n}"] = time.closing(moved), waited // 60
        begun, due = np.where(chosen, back_at, begun), np.where(chosen, moved, due)
    life["supplemented"] = once
    return begun, due


def _extension(
    life: Life, time: WorkingTime, dice: Dice, of: Life, begun: Whole, due: Whole
) -> tuple[Whole, Whole]:
    """Some are put off by three days, with an apology, before they fall due."""
    number = len(due)
    extended = dice.hit(of["extended"], number) & (life["days"] >= 5) & ~life["supplemented"]
    told = due * WORKDAY - dice.between(600, WORKDAY // 2, number)
    life["extended_at"] = time.moments(np.where(extended, told, NEVER))
    life["due_x_at"] = time.closing(due + 3)
    return np.where(extended, told, begun), np.where(extended, due + 3, due)


def _end(dice: Dice, of: Life, begun: Whole, due: Whole, late: Flags) -> Whole:
    """On the promised day at the latest, or on a later day, or never."""
    number = len(due)
    in_time = dice.between(begun + 300, np.maximum((due + 1) * WORKDAY, begun + 600), number, 1.5)
    too_late = (due + 1) * WORKDAY + HOUR + dice.waits(2.5 * WORKDAY, number)
    ended = np.where(late, too_late, in_time)
    return np.where(dice.hit(of["stuck"], number), NEVER, ended)


def _outcome(life: Life, time: WorkingTime, dice: Dice, of: Life, ended: Whole) -> None:
    number, chance = len(ended), dice.between(0, 1_000_000, len(ended)) / 1_000_000
    edges = np.cumsum([of["granted"], of["denied"], of["withdrawn"]], axis=0)
    outcome = (chance >= edges).sum(axis=0)
    file = dice.hit(of["result_file"], number) & (outcome == 0)
    by_post, collected = dice.hit(0.03, number), dice.hit(0.6, number)
    online = file & (life["channel"] == 0) & ~collected
    life |= {
        "ended_at": time.moments(ended),
        "ended": ended,
        "outcome": outcome,
        "file": file,
        "file_digitised": file & dice.hit(0.9, number),
        "return_channel": np.where(by_post, 2, np.where(online, 0, 1)),
    }


def _afterwards(life: Life, time: WorkingTime, dice: Dice, of: Life, ended: Whole, late: Flags) -> None:
    number = len(ended)
    handed_out = ended + dice.between(60, WORKDAY, number)
    rated = handed_out + dice.between(HOUR, 5 * WORKDAY, number)
    sorry = (life["late_day"] + 1) * WORKDAY + dice.between(60, HOUR, number)
    steps = {
        "returned_at": (dice.hit(of["handed_out"], number), handed_out),
        "rated_at": (dice.hit(of["rated"], number), rated),
        "apologised_at": (dice.hit(of["apologised"], number) & late & (ended < NEVER), sorry),
    }
    life |= {name: time.moments(np.where(done, at, NEVER)) for name, (done, at) in steps.items()}
    life["satisfied"] = dice.hit(of["satisfied"], number)
