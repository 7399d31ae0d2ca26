"""The dossiers that come in on a day, and what becomes of them until they are accepted."""

import numpy as np

from sources.simulator.course import course
from sources.simulator.dice import Dice
from sources.simulator.fees import fees
from sources.simulator.life import Life
from sources.simulator.mistakes import Mistakes, mistakes
from sources.simulator.province import Province
from sources.simulator.rhythm import clock, office_clock
from sources.simulator.working_time import DAY, NEVER, WORKDAY

ONLINE, COUNTER, POSTAL = 0, 1, 2
INFO = 2
HOUR = 3_600


def dossiers(province: Province, day: int, number: int, wrong: Mistakes) -> Life:
    """Lives of the dossiers that come in on a day; their order within an agency is that of their numbers."""
    dice, shares = province.dice("dossiers", day), province.shares(day)
    life = _asked_for(province, day, number, dice)
    of = {name: values[life["agency"]] for name, values in shares.items()}
    _handed_in(life, province, day, dice, of)
    _accepted(life, province, dice, of)
    course(life, province.time, dice, of)
    fees(life, province.time, dice, of)
    mistakes(life, province, dice, wrong)
    return life


def _asked_for(province: Province, day: int, number: int, dice: Dice) -> Life:
    """Which service; on days off only what is offered online."""
    services, closed = province.services, not province.time.open[day]
    weights = services.popularity * ((services.level != INFO) if closed else 1.0)
    service = dice.pick(weights, number)
    procedure = services.procedure[service]
    return {
        "agency": services.agency[service],
        "procedure": procedure,
        "field": province.fields[0][procedure],
        "level": services.level_on(day, service),
        "days": services.days[service],
        "amount": services.fee[service],
    }


def _handed_in(life: Life, province: Province, day: int, dice: Dice, of: Life) -> None:
    number, time = len(life["agency"]), province.time
    online = dice.hit(of["online"], number) & (life["level"] != INFO) | (not time.open[day])
    paper = np.where(dice.hit(of["postal"], number), POSTAL, COUNTER)
    elsewhere = dice.hit(of["elsewhere"], number) & ~online
    submitted, counter = day * DAY + clock(dice, number), office_clock(dice, number)
    morning = time.working(np.array([day * DAY]))[0]
    life |= {
        "channel": np.where(online, ONLINE, paper),
        "applicant": dice.hit(of["organisation"], number).astype(np.int64),
        "receiver": np.where(elsewhere, dice.between(1, len(province.agencies), number), life["agency"]),
        "submitted_at": np.where(online, submitted, NEVER),
        "arrived": np.where(online, time.working(submitted), morning + counter),
    }


def _accepted(life: Life, province: Province, dice: Dice, of: Life) -> None:
    """An online submission is answered within 8 working hours, mostly (Decree 45/2020)."""
    number, online, arrived = len(life["agency"]), life["channel"] == ONLINE, life["arrived"]
    late = dice.hit(of["accepted_late"], number)
    wait = np.where(
        late, dice.between(WORKDAY, 3 * WORKDAY, number), dice.between(300, WORKDAY - 60, number, 2.0)
    )
    refused, ignored = dice.hit(of["refused"], number) & online, dice.hit(of["ignored"], number) & online
    answered = arrived + np.where(online, wait, 0)
    accepted = np.where(refused | ignored, NEVER, answered)
    synced = accepted + dice.between(HOUR, 2 * WORKDAY, number)
    life |= {
        "accept_due_at": province.time.moments(arrived + WORKDAY),
        "refused_at": province.time.moments(np.where(refused & ~ignored, answered, NEVER)),
        "accepted": accepted,
        "received_at": province.time.moments(accepted),
        "digitised": dice.hit(of["digitised"], number) | online,
        "reused": dice.hit(of["reused"], number),
        "verified": dice.hit(of["verified"], number) & online,
        "synced_at": province.time.moments(np.where(dice.hit(of["synced"], number), synced, NEVER)),
    }
