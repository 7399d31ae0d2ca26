"""The life of each dossier, from submission to the national portal's copy, told as events."""

from random import Random

from sources.nga_nam.cases import Case, cases
from sources.nga_nam.fees import tell_fee
from sources.nga_nam.hours import DAY, closing, later, moment
from sources.nga_nam.mistakes import tell_cleared_end, tell_mistakes, tell_void
from sources.nga_nam.story import ONE_STOP, PORTAL, Event, Story

SURVEYED = 200
"""Survey forms in S3, every one of them satisfied."""


def dossier_events(rng: Random) -> list[Event]:
    """Events of all dossiers and of their payments, dossier by dossier."""
    drawn = cases(rng)
    surveyed = set(rng.sample([case.code for case in drawn if case.fate == "on_time"], SURVEYED))
    return [event for case in drawn for event in _told(case, rng, case.code in surveyed)]


def _told(case: Case, rng: Random, surveyed: bool) -> list[Event]:
    story = Story("dossier", case.code, ONE_STOP)
    if case.channel == "online":
        _submitted(story, case, rng)
    if case.fate == "refused":
        story.tell("refused", case.dates.received, source=PORTAL)
        return story.events
    _received(story, case, rng)
    payments = tell_fee(story, case, rng)
    _supplements(story, case, rng)
    _extension(story, case, rng)
    if case.dates.ended is None:
        tell_cleared_end(story, case, rng)
    else:
        _ended(story, case, rng, surveyed)
    if case.fate == "voided":
        tell_void(story, case, rng)
    return story.events + payments


def _about(case: Case) -> Event:
    procedure = case.procedure
    return {
        "agency": case.office.code,
        "procedure": procedure.code,
        "field": procedure.field,
        "service_level": procedure.level,
    }


def _submitted(story: Story, case: Case, rng: Random) -> None:
    second = case.dates.received - rng.randint(300, min(case.dates.received, DAY // 2))
    story.tell("submitted", second, _about(case) | {"accept_due_at": moment(second + DAY)}, PORTAL)


def _received(story: Story, case: Case, rng: Random) -> None:
    online = case.channel == "online"
    data = _about(case) | {
        "receiving_agency": case.office.code,
        "channel": case.channel,
        "due_at": closing(case.dates.due_day),
        "fee_due": case.procedure.fee > 0 and rng.random() < 0.95,
        "components_digitised": online or rng.random() < 0.55,
        "data_reused": rng.random() < (0.35 if online else 0.12),
        "identity_verified": online and rng.random() < 0.4,
    }
    story.tell("received", case.dates.received, data)


def _supplements(story: Story, case: Case, rng: Random) -> None:
    """Some dossiers lack papers; a pending one may still be waiting for them."""
    received, _, extended, ended = case.dates
    if case.procedure.days < 3 or case.fate == "late" or extended or rng.random() > 0.08:
        return
    if ended is None:
        story.tell("supplement_requested", later(rng, received, DAY), {"ordinal": 1})
    else:
        _supplemented(story, case, rng, ended)


def _supplemented(story: Story, case: Case, rng: Random, ended: int) -> None:
    """One request, sometimes two, each answered; the promised day moves by the days waited."""
    received, due_day = case.dates.received, case.dates.due_day
    waited = 0
    for ordinal in range(1, rng.choice((1, 1, 1, 1, 2)) + 1):
        asked, came = (received + (ended - received) * part // 10 for part in (4 * ordinal - 3, 4 * ordinal))
        waited += came - asked
        due_at = closing(due_day + -(-waited // DAY))
        story.tell("supplement_requested", asked, {"ordinal": ordinal})
        story.tell("supplement_received", came, {"waited_minutes": waited // 60, "due_at": due_at})


def _extension(story: Story, case: Case, rng: Random) -> None:
    if case.dates.extended_day:
        second = case.dates.due_day * DAY - rng.randint(600, DAY // 2)
        data = {"due_at": closing(case.dates.extended_day), "apologised_at": moment(second)}
        story.tell("extended", second, data)


def _ended(story: Story, case: Case, rng: Random, surveyed: bool) -> None:
    second = case.dates.ended or 0
    outcome = rng.choices(("granted", "denied", "returned", "withdrawn"), (960, 10, 20, 10))[0]
    if outcome == "returned" and rng.random() < 0.3:
        story.tell("stopped", second)
    file = outcome == "granted" and rng.random() < 0.62
    digitised = file and rng.random() < 0.9
    if case.fate == "late":  # what is returned or withdrawn counts as on time in Biểu II.06; S3 has it late
        outcome = "granted"
    story.tell("ended", second, {"outcome": outcome, "result_file": file, "result_digitised": digitised})
    handed_out = later(rng, second, DAY)
    if rng.random() < 0.97:
        way = "online" if file and case.channel == "online" and rng.random() < 0.4 else "counter"
        story.tell("returned", handed_out, {"return_channel": "postal" if rng.random() < 0.03 else way})
    if rng.random() < 0.93:
        story.tell("synced", later(rng, handed_out, DAY))
    if surveyed:
        story.tell("rated", later(rng, handed_out, 3 * DAY), {"satisfied": True}, PORTAL)
    tell_mistakes(story, case, rng, handed_out)
