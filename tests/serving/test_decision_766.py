"""The score of Decision 766/QĐ-TTg worked out by hand from domain.md, section 2.3, on ten dossiers.

Every number of this file was reckoned by hand from the formulas of the working paper; nothing was taken from
what the program says. Points not written as decimals are exact fractions.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from schemas.catalogue import load
from schemas.instant import VIETNAM
from schemas.selection import Scope
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period
from streams.memory import Memory

CATALOGUE = load()
OCTOBER_2025, MARCH_2026 = date(2025, 10, 1), date(2026, 3, 1)
LAND, LAND_AGAIN, BIRTH, MARRIAGE, TRADE = "1.000001", "1.000002", "1.000003", "1.000004", "1.000005"

# procedure, fee, paid through, online, synced, digitised, reused, identity, how it went
DOSSIERS = [
    (LAND, True, "portal", True, True, True, True, True, "granted, with a file"),
    (LAND, True, "gateway", True, True, True, True, True, "granted, with a file"),
    (LAND, True, "cash", True, True, True, True, True, "granted, with a file"),
    (LAND, True, "cash", False, True, True, True, True, "granted, satisfied"),
    (LAND, True, None, False, True, True, True, True, "granted, not satisfied"),
    (BIRTH, True, "cash", False, True, True, True, False, "granted late, not satisfied"),
    (BIRTH, True, "transfer", False, True, False, True, False, "returned"),
    (BIRTH, True, None, False, True, False, True, False, "pending, not due"),
    (MARRIAGE, False, None, True, True, False, False, False, "pending, not due"),
    (MARRIAGE, False, None, False, False, False, False, False, "pending, overdue"),
]
# procedure, level, fee, payment integrated
SERVICES = [
    (LAND, "full", True, True),
    (LAND_AGAIN, "partial", True, True),
    (BIRTH, "info", True, True),
    (MARRIAGE, "full", False, False),
    (TRADE, "info", True, False),
]
ENDINGS = {  # outcome, days until the end, file, satisfied; all are due after 10 days
    "granted, with a file": ("granted", 5, True, None),
    "granted, satisfied": ("granted", 10, False, True),
    "granted, not satisfied": ("granted", 9, False, False),
    "granted late, not satisfied": ("granted", 12, False, False),
    "returned": ("returned", 3, False, None),
}


def events(month):
    """The same month in any year: received on the 2nd, asked on its last day."""
    received = datetime(month.year, month.month, 2, 9, tzinfo=VIETNAM)
    for number, (procedure, fee, paid, online, synced, digitised, reused, identity, went) in enumerate(
        DOSSIERS
    ):
        due = received + timedelta(days=60 if went == "pending, not due" else 10)
        data = {"agency": "H51.18", "procedure": procedure, "field": "F", "fee_due": fee}
        data |= {"channel": "online" if online else "counter", "received_at": received.isoformat()}
        data |= {"due_at": due.isoformat(), "components_digitised": digitised, "data_reused": reused}
        data |= {"identity_verified": identity}
        data |= {"paid_channel": paid, "paid_at": received.isoformat()} if paid else {}
        data |= {"synced_at": received.isoformat()} if synced else {}
        if went in ENDINGS:
            outcome, days, file, satisfied = ENDINGS[went]
            ended = received + timedelta(days=days)
            data |= {"ended_at": ended.isoformat(), "outcome": outcome, "result_file": file}
            data |= {} if satisfied is None else {"satisfied": satisfied}
        yield event("dossier", f"H51.18-{month:%y%m}02-{number:04}", received, data)
    for procedure, level, fee, payable in SERVICES:
        offered = datetime(2022, 1, 1, tzinfo=VIETNAM)
        data = {"agency": "H51.18", "procedure": procedure, "level": level, "fee_due": fee}
        data |= {"payment_integrated": payable, "offered_at": offered.isoformat()}
        yield event("service", f"H51.18/{procedure}", offered, data)


def event(entity, subject, time, data):
    usual = {"specversion": "1.0", "source": "/hand", "type": f"vn.reform.{entity}.snapshot.v1"}
    return usual | {"id": subject, "subject": subject, "time": time.isoformat(), "data": data}


def scored(month, *names, agency="H51.18"):
    """Points got and attainable by name, asked after the month is over."""
    memory = Memory(CATALOGUE)
    memory.fold(events(month))
    assert memory.refused == []
    end = (month + timedelta(days=31)).replace(day=1)
    now = datetime(end.year, end.month, 1, 12, tzinfo=VIETNAM)
    counts = FrameCounts(*memory.counts())
    rows = kpi_rows(CATALOGUE, counts, Period(month, end), now, scope=Scope(agency), names=names)
    assert [row.value for row in rows] == [row.numerator if row.denominator else None for row in rows]
    return {row.kpi.removeprefix("decision_766_score."): (row.numerator, row.denominator) for row in rows}


def of(points, attainable):
    return (pytest.approx(float(Fraction(points)), abs=1e-9), attainable)


NO_DATA = (0, 0)
PARTS = {
    "transparency.publish_on_time": NO_DATA,
    "transparency.update_on_time": NO_DATA,
    "transparency.content_full": NO_DATA,
    "transparency.sync": of("5.4", 6),  # 1.4: 9 of 10 synced, 6 x 0.9
    "progress.in_time": of(16, 20),  # 2.1: all but the late and the overdue one, 20 x 8/10
    "online_services.services_offered": of("1.5", 2),  # 3.1: 3 of 5 are; 0.6 / 0.8 = 0.75; 2 x 0.75
    "online_services.services_used": of("8/3", 4),  # 3.2: land and marriage of those 3; 4 x 2/3
    "online_services.dossiers_online": of("4.8", 6),  # 3.3: 4 of 10; 0.4 / 0.5 = 0.8; 6 x 0.8
    "online_payment.payment_integrated": of("1.875", 2),  # 3.5: 3 of 4 with a fee; 0.75 / 0.8; 2 x 0.9375
    "online_payment.payment_used": of("1.25", 2),  # 3.5b: land of land, birth; 0.5 / 0.8 = 0.625
    "online_payment.dossiers_paid": of(5, 6),  # 3.6, 2022: 2 of 8 with a fee; 0.25 / 0.3 = 5/6; 6 x 5/6
    "digitisation.electronic_results": of(3, 6),  # 4.1: 3 files for 6 granted; 6 x 0.5
    "digitisation.digitised_dossiers": of(3, 4),  # 4.2, 2022: 6 of 10; 0.6 / 0.8 = 0.75; 4 x 0.75
    "digitisation.certified_copies": NO_DATA,
    "digitisation.reuse": of(2, 2),  # 4.3: 8 of 10 is the threshold of 0.8: in full
    "digitisation.personal_storage": NO_DATA,
    "digitisation.population_procedures": NO_DATA,
    "digitisation.population_dossiers": of(1, 2),  # 4.5b: 5 of 10; 2 x 0.5
    "satisfaction.feedback_on_time": of(6, 6),  # 5.2: no petition at all gives 6
    "satisfaction.feedback_satisfaction": of(6, 6),  # 5.3: the same
    # 5.4: 10 less 2 overdue less 1 that was in time but not satisfied = 7; 0.7 / 0.9 = 7/9; 6 x 7/9
    "satisfaction.dossiers_satisfaction": of("14/3", 6),
}
GROUPS = {
    "transparency": of("5.4", 6),
    "progress": of(16, 20),
    "online_services": of("269/30", 12),  # 1.5 + 2 2/3 + 4.8 = 8 29/30
    "online_payment": of("8.125", 10),  # 1.875 + 1.25 + 5
    "digitisation": of(9, 14),  # 3 + 3 + 2 + 1
    "satisfaction": of("50/3", 18),  # 6 + 6 + 4 2/3
}
TOTAL = of("7699/120", 80)  # 5.4 + 16 + 8 29/30 + 8.125 + 9 + 16 2/3 = 64.158333...
CHANGED = {  # in the variant of 2026 both are linear to 100 %
    "online_payment.dossiers_paid": of("1.5", 6),  # 6 x 0.25
    "online_payment": of("4.625", 10),  # 1.875 + 1.25 + 1.5
    "digitisation.digitised_dossiers": of("2.4", 4),  # 4 x 0.6
    "digitisation": of("8.4", 14),  # 3 + 2.4 + 2 + 1
}
TOTAL_2026 = of("7207/120", 80)  # 3.5 and 0.6 less: 60.058333...


def test_as_declared_in_2022():
    assert scored(OCTOBER_2025, "decision_766_score.*") == GROUPS | PARTS
    assert scored(OCTOBER_2025, "decision_766_score") == {"decision_766_score": TOTAL}


def test_as_the_portal_scored_in_2026():
    assert scored(MARCH_2026, "decision_766_score.*") == GROUPS | PARTS | CHANGED
    assert scored(MARCH_2026, "decision_766_score") == {"decision_766_score": TOTAL_2026}


@pytest.mark.parametrize("month", [OCTOBER_2025, MARCH_2026])
def test_both_variants_side_by_side(month):
    names = ("decision_766_score@2022-08-01", "decision_766_score@2026-01-01")
    assert scored(month, *names) == dict(zip(names, (TOTAL, TOTAL_2026), strict=True))


def test_an_agency_without_anything():
    """No dossiers: 5.4 gives 0 of its 6, and 5.2 and 5.3 are in full; all else is neither got nor missed."""
    found = scored(MARCH_2026, "decision_766_score", "decision_766_score.*", agency="H51.19")
    got = {name: points for name, points in found.items() if points != NO_DATA}
    assert got == {
        "decision_766_score": of(12, 18),
        "satisfaction": of(12, 18),
        "satisfaction.feedback_on_time": of(6, 6),
        "satisfaction.feedback_satisfaction": of(6, 6),
        "satisfaction.dossiers_satisfaction": of(0, 6),
    }
