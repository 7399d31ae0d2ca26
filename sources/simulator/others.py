"""Documents, petitions, tasks and services: the lives that begin on a day."""

import numpy as np

from sources.simulator.dice import Dice, Flags, Whole
from sources.simulator.life import Life
from sources.simulator.mistakes import Mistakes
from sources.simulator.province import Province
from sources.simulator.rhythm import office_clock
from sources.simulator.working_time import DAY, NEVER, OPENS, WORKDAY

ANSWER_DAYS = 15
"""Working days to answer a petition (domain, section 2.3, indicator 5.2)."""

REPORT, PAPER = 1, 2
HOUR = 3_600


def _begun(province: Province, day: int, number: int, dice: Dice) -> Whole:
    """Working seconds of the day, or of the next working day."""
    return np.asarray(province.time.working(np.array([day * DAY]))[0] + office_clock(dice, number))


def _when(happens: Flags, at: Whole) -> Whole:
    return np.where(happens, at, NEVER)


def documents(province: Province, day: int, number: int, wrong: Mistakes) -> Life:
    """Documents issued, signed or not; the person signs before the number is given, the agency after."""
    dice, moments = province.dice("documents", day), province.time.moments
    agency = dice.between(0, len(province.agencies), number)
    of = {name: values[agency] for name, values in province.shares(day).items()}
    kind, form = dice.pick((78, 12, 10), number), dice.pick((88, 8, 4), number)
    share = np.where(kind == REPORT, of["signed_report"], of["signed_person"])
    person = dice.hit(share, number) & (form != PAPER)
    signed = _begun(province, day, number, dice)
    issued = signed + dice.between(60, HOUR, number)
    put_right = issued + dice.between(WORKDAY // 2, 2 * WORKDAY, number)
    return {
        "agency": agency,
        "kind": kind,
        "form": form,
        "signed_person_at": moments(_when(person, signed)),
        "issued_at": moments(issued),
        "signed_agency_at": moments(
            _when(person & dice.hit(of["signed_agency"], number), issued + dice.between(60, 900, number))
        ),
        "sent_at": moments(
            _when(dice.hit(of["sent"], number) & (form != PAPER), issued + dice.between(900, 5_400, number))
        ),
        "recalled_at": moments(_when(dice.hit(of["recalled"], number), put_right)),
        "kind_fixed_at": moments(_when(dice.hit(wrong.corrected / 3, number), put_right + 60)),
        "voided_at": moments(_when(dice.hit(wrong.voided, number), put_right + 120)),
    }


def feedback(province: Province, day: int, number: int) -> Life:
    """Petitions: most answered in time, some late, some refused, a few left open."""
    dice, time = province.dice("feedback", day), province.time
    agency = dice.between(0, len(province.agencies), number)
    of = {name: values[agency] for name, values in province.shares(day).items()}
    received = _begun(province, day, number, dice)
    limit = received // WORKDAY + ANSWER_DAYS
    late = dice.hit(of["answered_late"], number)
    answered = np.where(
        late,
        (limit + 1) * WORKDAY + dice.waits(5 * WORKDAY, number),
        dice.between(received + HOUR, limit * WORKDAY, number),
    )
    refused = dice.hit(of["feedback_refused"], number)
    answers = dice.hit(of["answered"], number) & ~refused
    rates = answers & dice.hit(of["feedback_rated"], number)
    return {
        "agency": agency,
        "received_at": time.moments(received),
        "due_at": time.closing(limit),
        "refused_at": time.moments(_when(refused, received + dice.between(HOUR, 2 * WORKDAY, number))),
        "answered_at": time.moments(_when(answers, answered)),
        "rated_at": time.moments(_when(rates, answered + dice.between(HOUR, 5 * WORKDAY, number))),
        "satisfied": dice.hit(of["feedback_satisfied"], number),
    }


def tasks(province: Province, day: int, number: int) -> Life:
    """Tasks of the reform plan, inspections, trainings."""
    dice, time = province.dice("tasks", day), province.time
    agency = dice.between(0, len(province.agencies), number)
    assigned = _begun(province, day, number, dice)
    span = dice.between(10, 90, number) * WORKDAY
    done = dice.hit(province.shares(day)["task_done"][agency], number)
    return {
        "agency": agency,
        "task": dice.pick((60, 15, 25), number),
        "assigned_at": time.moments(assigned),
        "due_at": time.closing((assigned + span) // WORKDAY),
        "done_at": time.moments(_when(done, assigned + HOUR + dice.between(0, span, number, 0.5))),
    }


def services(province: Province) -> Life:
    """All services, told of before the offices open on the first day; some are upgraded, a few withdrawn."""
    offered, days = province.services, province.size.days
    number, dice = len(offered.agency), province.dice("offers")
    at = OPENS + np.zeros(number, np.int64)
    integrated = dice.hit(0.8, number) & (offered.fee > 0)
    ends = (offered.upgraded_on, offered.withdrawn_on)
    upgraded, withdrawn = (np.where(on < days, on * DAY + OPENS, NEVER) for on in ends)
    return {
        "agency": offered.agency,
        "procedure": offered.procedure,
        "field": province.fields[0][offered.procedure],
        "level": offered.level,
        "eligible_full": offered.eligible,
        "fee_due": offered.fee > 0,
        "payment_integrated": integrated,
        "standard_minutes": np.maximum(offered.days, 0) * WORKDAY // 60,
        "told_at": dice.between(0, OPENS, number),
        "offered_at": at - 180 * DAY,
        "upgraded_at": upgraded,
        "withdrawn_at": withdrawn,
    }
