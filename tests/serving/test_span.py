"""What periods are called and what they are compared with; and hour windows on cells counted by hand."""

from datetime import date, datetime, timedelta

import pytest

from schemas.catalogue import load
from schemas.instant import VIETNAM
from schemas.selection import By
from serving.kpis import kpi_rows
from serving.period import Period, PeriodError
from serving.span import Window, asked, ending_now, named
from tests.serving.cubes import counts

NOW = datetime(2026, 3, 31, 10, 20, tzinfo=VIETNAM)
CATALOGUE = load()


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "start", "end", "before"),
    [
        ("2022", "2022-01-01", "2023-01-01", "2021-01-01"),
        ("2022-H2", "2022-07-01", "2023-01-01", "2022-01-01"),
        ("2022-Q1", "2022-01-01", "2022-04-01", "2021-10-01"),
        ("2024-03", "2024-03-01", "2024-04-01", "2024-02-01"),
        ("2022-admin", "2021-12-15", "2022-12-15", "2020-12-15"),
        ("2022-H1-admin", "2021-12-15", "2022-06-15", "2021-06-15"),
        ("2022-Q3-admin", "2022-06-15", "2022-09-15", "2022-03-15"),
        ("2022-01-admin", "2021-12-15", "2022-01-15", "2021-11-15"),
    ],
)
def test_named_periods_and_the_ones_before(text: str, start: str, end: str, before: str) -> None:
    span = named(text)
    assert (span.period, span.previous) == (days(start, end), days(before, start))
    assert bool(span.note) == text.endswith("-admin")


def test_the_administrative_day_can_be_another() -> None:
    assert named("2022-Q3-admin", 20).period == days("2022-06-20", "2022-09-20")


@pytest.mark.parametrize("text", ["2022-Q5-admin", "2022-H3", "admin", "2022-admin-Q3", "0000", "0001-01"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(PeriodError, match="2022-Q3-admin"):
        named(text)


@pytest.mark.parametrize(
    ("window", "now", "before"),
    [
        (Window.WEEK, ("2026-03-25", "2026-04-01"), ("2026-03-18", "2026-03-25")),
        (Window.THIRTY_DAYS, ("2026-03-02", "2026-04-01"), ("2026-01-31", "2026-03-02")),
        (Window.MONTH, ("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),
        (Window.QUARTER, ("2026-01-01", "2026-04-01"), ("2025-10-01", "2026-01-01")),
        (Window.YEAR, ("2026-01-01", "2026-04-01"), ("2025-01-01", "2025-04-01")),
    ],
)
def test_windows_of_days(window: Window, now: tuple[str, str], before: tuple[str, str]) -> None:
    span = ending_now(window, NOW)
    assert (span.period, span.previous) == (days(*now), days(*before))


def test_windows_use_vietnamese_days() -> None:
    late = datetime.fromisoformat("2026-03-30T20:00:00+00:00")
    assert ending_now(Window.MONTH, late).period.last_day == date(2026, 3, 31)


def test_windows_of_hours_end_with_the_running_one() -> None:
    span = ending_now(Window.DAY, NOW)
    assert span.period.bounds == ("2026-03-30T11:00+07:00", "2026-03-31T11:00+07:00")
    assert span.previous.bounds == ("2026-03-29T11:00+07:00", "2026-03-30T11:00+07:00")
    assert (span.period.start, span.period.end) == (date(2026, 3, 30), date(2026, 4, 1))
    midnight = ending_now(Window.HOUR, NOW.replace(hour=23)).period
    assert (midnight.start, midnight.end) == (date(2026, 3, 31), date(2026, 4, 1))


def test_one_way_of_saying_which_period() -> None:
    assert asked("2022-06-15", "2022-09-15", None, None, NOW).previous == days("2022-03-15", "2022-06-15")
    for wrong in [
        (None, None, None, None),
        (None, None, "2022", Window.DAY),
        ("2022-01-01", None, None, None),
        ("2022-01-01", "2022-02-01", None, Window.DAY),
    ]:
        with pytest.raises(PeriodError, match="say which period"):
            asked(*wrong, NOW)


def test_since_ever_and_what_lies_beyond() -> None:
    assert asked("1900-01-01", "2200-12-31", None, None, NOW).previous.end == date(1900, 1, 1)
    for wrong in [("0001-01-01", "2022-01-01"), ("2022-01-01", "9999-12-31")]:
        with pytest.raises(PeriodError, match="outside the years 1900 to 2200"):
            asked(*wrong, None, None, NOW)


class TestHours:
    """Received 5 in the running hour, 3 an hour before, 2 on the day before at the same hour."""

    YESTERDAY, TODAY = date(2026, 3, 30), date(2026, 3, 31)
    CELLS = (
        {"measure": "dossiers_received", "day": TODAY, "hour": 10, "value": 5},
        {"measure": "dossiers_received", "day": TODAY, "hour": 9, "value": 3, "agency": "H51.19"},
        {"measure": "dossiers_received", "day": YESTERDAY, "hour": 10, "value": 2},
        {"measure": "dossiers_received", "day": YESTERDAY, "hour": 12, "value": 1},
        {"measure": "dossiers_received_online", "day": TODAY, "hour": 10, "value": 4},
    )
    OPENED = tuple(c | {"measure": "dossiers_opened"} for c in CELLS if c["measure"] == "dossiers_received")

    def rows(self, window, name="online_dossier_rate", by=None, previous=False):
        span = ending_now(window, NOW)
        period = span.previous if previous else span.period
        return kpi_rows(CATALOGUE, counts(*self.CELLS, *self.OPENED), period, NOW, by=by, names=[name])

    @pytest.mark.parametrize(
        ("window", "previous", "expected"),
        [
            (Window.HOUR, False, (4, 5)),
            (Window.HOUR, True, (0, 3)),
            (Window.DAY, False, (4, 9)),
            (Window.DAY, True, (0, 2)),
        ],
    )
    def test_only_the_hours_of_the_window(self, window, previous, expected):
        (row,) = self.rows(window, previous=previous)
        assert (row.numerator, row.denominator) == expected

    def test_split_by_agency_and_by_hour(self):
        assert [(r.key, r.denominator) for r in self.rows(Window.DAY, by=By.AGENCY)] == [
            ("H51.18", 6),
            ("H51.19", 3),
        ]
        assert [r.key for r in self.rows(Window.DAY, by=By.HOUR)] == [
            "2026-03-30T12:00+07:00",
            "2026-03-31T09:00+07:00",
            "2026-03-31T10:00+07:00",
        ]

    def test_a_stock_is_that_of_the_hour(self):
        assert self.rows(Window.HOUR, "dossiers_pending")[0].numerator == 11
        assert self.rows(Window.HOUR, "dossiers_pending", previous=True)[0].numerator == 6
        by_hour = self.rows(Window.DAY, "dossiers_pending", By.HOUR)
        assert len(by_hour) == 24
        assert (by_hour[0].key, by_hour[0].numerator) == ("2026-03-30T11:00+07:00", 2)
        assert by_hour[-1].numerator == 11

    def test_what_the_hourly_counts_cannot_tell_is_left_out(self):
        assert self.rows(Window.DAY, "in_time_rate") == []
        assert self.rows(Window.DAY, by=By.FIELD) == []

    def test_the_public_form_has_hours(self):
        row = self.rows(Window.HOUR)[0].as_dict()
        assert (row["from"], row["to"]) == ("2026-03-31T10:00+07:00", "2026-03-31T11:00+07:00")

    def test_it_moves_with_the_clock(self):
        later = NOW + timedelta(hours=1)
        period = ending_now(Window.HOUR, later).period
        (row,) = kpi_rows(CATALOGUE, counts(*self.CELLS), period, later, names=["online_dossier_rate"])
        assert (row.denominator, row.value) == (0, None)
