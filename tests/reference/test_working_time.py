"""Working time and due dates, on cases worked out by hand from product rule A (domain, section 6)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.instant import VIETNAM
from schemas.reference.calendar import CalendarDay, DayKind, Hours
from schemas.reference.due import due_at, rules_of
from schemas.reference.procedure import Procedure, Unit
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import BUILT_IN, gather
from schemas.reference.working_time import NoWorkingTimeError, WorkingTime

# 1 and 2 September 2022 are a Thursday and a Friday off; Saturday the 10th is worked instead.
CALENDAR = WorkingTime(
    [
        CalendarDay(day=date(2022, 9, 1), kind=DayKind.OFF),
        CalendarDay(day=date(2022, 9, 2), kind=DayKind.OFF),
        CalendarDay(day=date(2022, 9, 10), kind=DayKind.MAKEUP),
    ]
)


def at(text):
    """`08-31 16:00` of 2022, in Vietnam."""
    return datetime.strptime(f"2022-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def procedure(duration, unit=Unit.WORKING_DAY, **more):
    return Procedure(code="1.004946", name="Thủ tục", duration=duration, unit=unit, **more)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("07-04 07:00", 1, "07-04 17:00"),  # eight hours from the opening are over at closing
        ("07-04 08:15", 1, "07-05 08:15"),
        ("07-04 06:10", 1, "07-04 17:00"),  # before opening counts from the opening
        ("07-04 12:00", 1, "07-05 11:30"),  # lunch counts from 13:30: 3.5 h today, 4.5 h tomorrow
        ("07-04 17:00", 1, "07-05 17:00"),  # closing time is the next day
        ("07-08 16:00", 1, "07-11 16:00"),  # Friday to Monday
        ("07-09 09:00", 1, "07-11 17:00"),  # Saturday counts from Monday's opening
        ("08-31 16:00", 2, "09-06 16:00"),  # over two days off and a weekend
        ("09-09 16:00", 1, "09-10 16:00"),  # the make-up Saturday is worked
        ("07-04 08:15", 15, "07-25 08:15"),
    ],
)
def test_working_days(received, days, due):
    assert due_at(at(received), procedure(days), CALENDAR) == at(due)


@pytest.mark.parametrize(
    ("received", "hours", "due"),
    [
        ("07-04 10:30", 1, "07-04 11:30"),
        ("07-04 10:30", 2, "07-04 14:30"),
        ("07-04 16:00", 8, "07-05 16:00"),  # Decree 45/2020: an online dossier is answered in 8 working hours
        ("07-04 20:00", 8, "07-05 17:00"),
        ("07-08 16:30", 4, "07-11 10:30"),
    ],
)
def test_working_hours(received, hours, due):
    assert due_at(at(received), procedure(hours, Unit.WORKING_HOUR), CALENDAR) == at(due)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("07-04 09:00", 3, "07-07 09:00"),
        ("07-07 09:00", 5, "07-12 09:00"),  # the weekend counts
        ("07-07 09:00", 2, "07-11 09:00"),  # but nothing falls due on a Saturday
        ("08-30 09:00", 3, "09-05 09:00"),  # nor on National Day and the weekend after it
        ("07-04 18:00", 1, "07-06 07:00"),  # after closing counts from the next day's opening
        ("07-04 12:00", 1, "07-05 13:30"),
    ],
)
def test_calendar_days(received, days, due):
    assert due_at(at(received), procedure(days, Unit.DAY), CALENDAR) == at(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("07-04 14:59", "07-04 17:00"),
        ("07-04 15:00", "07-05 17:00"),
        ("07-08 15:30", "07-11 17:00"),
        ("07-09 15:30", "07-11 17:00"),  # a day off counts from the next opening, once
    ],
)
def test_the_same_day_if_received_before_the_cut_off(received, due):
    """Hà Nội, decisions 1811 and 663: before 15:00 the same day, else the next working day."""
    assert due_at(at(received), procedure(0, cut_off=time(15)), CALENDAR) == at(due)


def test_online_may_be_quicker_and_some_promise_nothing():
    quick = procedure(3, online_duration=1)
    assert due_at(at("07-04 08:00"), quick, CALENDAR, online=True) == at("07-05 08:00")
    assert due_at(at("07-04 08:00"), quick, CALENDAR) == at("07-07 08:00")
    assert due_at(at("07-04 08:00"), procedure(None), CALENDAR) is None


def test_utc_is_understood():
    assert due_at(datetime(2022, 7, 4, 1, 15, tzinfo=UTC), procedure(1), CALENDAR) == at("07-05 08:15")


def test_standard_minutes_are_those_of_a_service():
    assert procedure(5).standard_minutes == 2_400
    assert procedure(8, Unit.WORKING_HOUR).standard_minutes == 480
    assert procedure(None).standard_minutes is None


def test_rules_are_those_of_the_day_of_receipt_and_the_level():
    rows = [
        procedure(10, valid_to=date(2022, 7, 1)),
        procedure(5, valid_from=date(2022, 7, 1)),
        procedure(2, valid_from=date(2022, 7, 1), handled_at=AgencyLevel.COMMUNE),
    ]
    found = [
        rules_of(rows, "1.004946", date(2022, 6, 30)),
        rules_of(rows, "1.004946", date(2022, 7, 1), AgencyLevel.DISTRICT),
        rules_of(rows, "1.004946", date(2022, 7, 1), AgencyLevel.COMMUNE),
    ]
    assert [row.duration for row in found if row] == [10, 5, 2]
    assert rules_of(rows, "1.000000", date(2022, 7, 1)) is None


def test_waiting_is_measured_in_working_time():
    assert CALENDAR.between(at("07-08 16:00"), at("07-11 08:00")) == timedelta(hours=2)
    assert CALENDAR.between(at("07-09 08:00"), at("07-10 08:00")) == timedelta(0)


def test_hours_may_change():
    winter = [
        Hours(opens=time(8), closes=time(12), valid_from=date(2022, 7, 5)),
        Hours(opens=time(7), closes=time(11), valid_to=date(2022, 7, 5)),
    ]
    assert due_at(at("07-04 10:00"), procedure(2, Unit.WORKING_HOUR), WorkingTime((), winter)) == at(
        "07-05 09:00"
    )


def test_a_calendar_without_working_time_is_told():
    never = WorkingTime((), [Hours(opens=time(8), closes=time(9), valid_to=date(2020, 1, 1))])
    with pytest.raises(NoWorkingTimeError):
        due_at(at("07-04 10:00"), procedure(1), never)


MOMENTS = st.datetimes(datetime(2022, 8, 25), datetime(2022, 9, 20)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=VIETNAM)
)


@given(MOMENTS, st.integers(0, 5_000))
def test_so_much_working_time_lies_before_it(moment, minutes):
    due = CALENDAR.add(moment, minutes)
    assert CALENDAR.between(moment, due) == timedelta(minutes=minutes)
    assert due >= moment


@given(MOMENTS, st.integers(0, 40), st.sampled_from(list(Unit)))
def test_it_never_falls_due_on_a_day_off_nor_outside_hours(moment, duration, unit):
    due = due_at(moment, procedure(duration, unit), CALENDAR)
    assert due is not None
    assert any(opens <= due <= closes for opens, closes in CALENDAR.spans(due.date()))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-01-24 16:00", "2025-02-03 16:00"),  # Friday before Tết Ất Tỵ: off until Sunday 2 February
        ("2025-04-25 16:00", "2025-04-26 16:00"),  # the Saturday made up for Friday 2 May
        ("2025-04-29 16:00", "2025-05-05 16:00"),  # 30 April, 1 May, the swapped 2 May, a weekend
        ("2025-12-31 16:00", "2026-01-05 16:00"),  # 1 January, the swapped 2 January, a weekend
        ("2026-01-09 16:00", "2026-01-10 16:00"),  # the Saturday made up for Friday 2 January
        ("2026-02-13 16:00", "2026-02-23 16:00"),  # Tết Bính Ngọ: off from 14 to 22 February
        ("2026-04-24 16:00", "2026-04-28 16:00"),  # the Hùng kings' day is a Sunday: Monday off for it
        (
            "2026-08-28 16:00",
            "2026-09-03 16:00",
        ),  # 31 August (swapped), 1 and 2 September
        ("2026-11-23 16:00", "2026-11-25 16:00"),  # 24 November, Ngày Văn hóa Việt Nam
    ],
)
def test_over_the_built_in_holidays(received, due):
    reference, mistakes = gather([BUILT_IN / "calendar"])
    assert mistakes == []
    moments = [datetime.fromisoformat(text).replace(tzinfo=VIETNAM) for text in (received, due)]
    assert due_at(moments[0], procedure(1), WorkingTime(reference.calendar, reference.hours)) == moments[1]
