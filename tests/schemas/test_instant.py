"""Times: what is one, what is none, and where the edges are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import CLOCK_SKEW, read
from schemas.instant import EARLIEST, LATEST, parse_instant, to_datetime, to_microseconds
from tests.mutations import BAD_TIMES
from tests.schemas.samples import envelope, event, why
from tests.strategies import NOW

MORNING = to_microseconds(datetime(2022, 7, 1, 1, 15, tzinfo=UTC))
SPELLINGS = [
    *("2022-07-01T08:15:00+07:00", "2022-07-01t01:15:00z", "2022-07-01T01:15:00.000-00:00"),
    *("2022-06-30T20:15:00-05:00", "2022-07-01T07:00:00+05:45", "2022-07-01T01:15:00.000000999Z"),
    *("2022-07-02T00:15:00+23:00", "2022-06-30T01:16:00-23:59"),
]
EDGES = [(EARLIEST, "1990-01-01T00:00:00Z"), (LATEST - 1, "2100-01-01T06:59:59.999999+07:00")]
BEYOND = ["1989-12-31T23:59:59.999999Z", "2100-01-01T07:00:00+07:00", "0001-01-01T00:00:00+23:59"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_instant_in_many_spellings(text):
    assert parse_instant(text) == MORNING


@pytest.mark.parametrize("text", [*BAD_TIMES, *BEYOND, "2022-07-01T08:15:00+0700", "2023-02-29T00:00:00Z"])
def test_what_is_no_time_of_ours(text):
    with pytest.raises(ValueError, match=r"RFC 3339|outside|day|month|hour"):
        parse_instant(text)
    assert why(envelope(time=text)) == ("bad_time", "time")
    assert why(event(due_at=text)) == ("bad_time", "data.due_at")


@pytest.mark.parametrize(("instant", "text"), EDGES)
def test_the_edges_of_the_range(instant, text):
    assert parse_instant(text) == instant


def test_ten_minutes_ahead_are_allowed_and_not_a_microsecond_more():
    limit = to_datetime(NOW + CLOCK_SKEW)
    assert read(envelope(time=limit.isoformat()), NOW).time == NOW + CLOCK_SKEW
    later = limit + timedelta(microseconds=1)
    assert why(envelope(time=later.isoformat())) == ("future_time", "time")


@given(st.integers(EARLIEST, LATEST - 1), st.integers(-1439, 1439))
def test_every_instant_survives_its_text(instant, offset):
    zone = timezone(timedelta(minutes=offset))
    assert parse_instant(to_datetime(instant).astimezone(zone).isoformat()) == instant
