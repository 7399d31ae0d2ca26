"""Periods: what is read, what is refused, and how buckets are written."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.instant import VIETNAM, midnight
from schemas.selection import By
from serving.period import FORMATS, Period, PeriodError, calendar, parse

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 30))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022", date(2022, 1, 1), date(2023, 1, 1)),
        ("2022-Q3", date(2022, 7, 1), date(2022, 10, 1)),
        ("2022-Q4", date(2022, 10, 1), date(2023, 1, 1)),
        ("2022-07", date(2022, 7, 1), date(2022, 8, 1)),
        ("2024-12", date(2024, 12, 1), date(2025, 1, 1)),
    ],
)
def test_calendar_periods(text, start, end):
    assert calendar(text) == Period(start, end)


@pytest.mark.parametrize("text", ["", "22", "2022-Q5", "2022-13", "2022-7", "2022-q3", "9999", "Q3", "2022 "])
def test_what_is_no_period_says_what_is_one(text):
    with pytest.raises(PeriodError, match="2022-Q3"):
        calendar(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((None, None, None), "either --from and --to, or --period"),
        (("2022-07-01", None, None), "either"),
        (("2022-07-01", "2022-08-01", "2022"), "either"),
        (("01/07/2022", "2022-08-01", None), "--from `01/07/2022` is no date"),
        (("2022-07-01", "2022-02-30", None), "--to `2022-02-30` is no date"),
        (("2022-07-01", "2022-07-01", None), "end exclusive"),
    ],
)
def test_wrong_use_is_told(options, message):
    with pytest.raises(PeriodError, match=message):
        parse(*options)


def test_dates_have_an_exclusive_end():
    assert parse("2022-06-15", "2022-09-15", None) == Period(date(2022, 6, 15), date(2022, 9, 15))


def test_as_of_is_the_end_or_now():
    july = calendar("2022-07")
    assert july.as_of(datetime(2030, 1, 1, tzinfo=UTC)) == datetime(2022, 7, 31, 17, tzinfo=UTC)
    assert july.as_of(datetime(2022, 7, 9, tzinfo=UTC)) == datetime(2022, 7, 9, 7, tzinfo=VIETNAM)


@given(DAYS, st.integers(1, 70), st.sampled_from([By.HOUR, By.DAY, By.MONTH]), st.integers(0, 80 * 24))
def test_buckets_are_sorted_distinct_and_begin_before_the_moment(start, length, by, hours):
    until = midnight(start).timestamp() + hours * 3600
    period = Period(start, date.fromordinal(min(start.toordinal() + length, date(2100, 1, 1).toordinal())))
    moment = datetime.fromtimestamp(until, VIETNAM)
    buckets = list(period.buckets(by, moment))
    assert buckets == sorted(set(buckets))
    assert bool(buckets) == (moment > midnight(start))
    if buckets:
        assert buckets[0] == midnight(start).strftime(FORMATS[by])
