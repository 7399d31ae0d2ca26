"""The oracle's states, on a few events each."""

import random
from datetime import UTC, datetime

from tests.oracle_states import states
from tests.small_events import due, event


def state(*events, key=("dossier", "d1")):
    return states(events)[key]


def test_the_later_event_time_wins_in_any_order():
    early = event("dossier.corrected", at="07-01", channel="postal", reason="x")
    late = event("dossier.corrected", at="07-02", channel="counter", reason="x")
    assert state(early, late) == state(late, early) == {"channel": "counter"}


def test_versions_are_instants_not_texts():
    local = event("dossier.corrected", at="2022-07-01T08:00:00+07:00", channel="postal")
    zulu = event("dossier.corrected", at="2022-07-01T01:00:00.000001Z", channel="counter")
    assert state(local, zulu) == state(zulu, local) == {"channel": "counter"}


def test_at_equal_times_the_greater_value_wins_and_a_cleared_one_loses():
    values = [None, "a", "b", "đ", "𝄞"]
    events = [event("dossier.corrected", procedure=v) for v in values]
    assert state(*events) == state(*reversed(events)) == {"procedure": "𝄞"}
    flags = [event("dossier.rated", satisfied=v) for v in (True, None, False)]
    assert state(*flags) == {"satisfied": True}


def test_an_explicit_null_clears_and_an_absent_field_leaves_alone():
    said = event("dossier.corrected", at="07-01", procedure="p", field="f")
    cleared = event("dossier.corrected", at="07-02", field=None)
    assert state(said, cleared) == {"procedure": "p", "field": None}


def test_the_first_due_date_stays_the_original_one():
    received = event("dossier.received", at="07-01", due_at=due("07-04"))
    again = event("dossier.received", at="07-02", due_at=due("07-08"))
    extended = event("dossier.extended", at="07-03", due_at=due("07-11"))
    s = state(extended, again, received)
    first, now = (datetime(2022, 7, d, 10, tzinfo=UTC).timestamp() * 1_000_000 for d in (4, 11))
    assert (s["original_due_at"], s["due_at"]) == (first, now)


def test_supplements_are_the_highest_ordinal():
    second = event("dossier.supplement_requested", at="07-02", ordinal=2)
    third_without = event("dossier.supplement_requested", at="07-04")
    s = state(second, third_without)
    assert s["supplements"] == 2
    assert s["waiting_since"] == datetime(2022, 7, 4, 1, tzinfo=UTC).timestamp() * 1_000_000
    came = event("dossier.supplement_received", at="07-05", waited_minutes=90)
    assert state(second, third_without, came) == s | {"waiting_since": None, "waited_minutes": 90}


def test_milestones_take_the_time_unless_data_names_them():
    at = datetime(2022, 7, 1, 1, tzinfo=UTC).timestamp() * 1_000_000
    assert state(event("dossier.submitted", at="07-01")) == {"submitted_at": at, "channel": "online"}
    named = event("dossier.ended", at="07-09", ended_at="2022-07-01T01:00:00Z", outcome="granted")
    assert state(named) == {"ended_at": at, "outcome": "granted"}


def test_a_refund_clears_the_payment():
    paid = event("dossier.fee_paid", at="07-01", paid_channel="portal")
    refunded = event("dossier.fee_refunded", at="07-02")
    assert state(refunded, paid) == {"paid_at": None, "paid_channel": None}


def test_payments_and_signatures():
    p = ("payment", "p1")
    asked = event("payment.requested", "p1", "07-01", dossier="d1", amount=8_000)
    settled = event("payment.settled", "p1", "07-02", channel="portal")
    assert state(settled, asked, key=p)["status"] == "settled"
    assert state(settled, asked, event("payment.refunded", "p1", "07-03"), key=p)["status"] == "refunded"
    s = state(event("document.signed", "v1", "07-01", by="agency"), key=("document", "v1"))
    assert list(s) == ["signed_agency_at"]


def test_entities_of_one_subject_do_not_mix():
    found = states([event("dossier.received", "x"), event("feedback.received", "x")])
    assert set(found) == {("dossier", "x"), ("feedback", "x")}


def test_duplicates_and_order_change_nothing():
    events = [
        event("dossier.corrected", at=f"07-{d:02}", procedure=p, field=p, due_at=t)
        for d in (1, 1, 2)
        for p in (None, "a", "b")
        for t in (None, due("07-07"))
    ]
    shuffled = events * 2
    random.Random(1).shuffle(shuffled)  # noqa: S311 - a reproducible order, no secret
    assert state(*shuffled) == state(*events)
