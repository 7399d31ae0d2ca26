"""Instants: RFC 3339 text with an offset to microseconds since 1970 UTC, and the Vietnamese day."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

MICROSECONDS = 1_000_000
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""UTC+7 without daylight saving, since 1975: so a day or an hour is plain arithmetic."""

OFFSET = 7 * 3600 * MICROSECONDS
HOUR = 3600 * MICROSECONDS
DAY = 24 * HOUR

EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * MICROSECONDS
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * MICROSECONDS
"""Instants outside [EARLIEST, LATEST) are refused: 0001-01-01 and 9999-12-31 are a system's "none"."""

RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,9})?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""Hours to 23 and seconds to 59, here and not by Python, whose releases differ on 24:00 and on +07:60."""


@lru_cache(maxsize=1024)  # reading an event looks at each of its times several times
def parse_instant(text: str) -> int:
    """Microseconds since 1970 UTC; raises ValueError unless RFC 3339 with offset and within range.

    Digits beyond the microsecond are cut off.
    """
    if not RFC3339.fullmatch(text):
        raise ValueError("not RFC 3339 with an offset")
    return within_range(to_microseconds(datetime.fromisoformat(text.upper())))


def to_microseconds(moment: datetime) -> int:
    """Exact microseconds since 1970 UTC of an aware datetime."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def within_range(instant: int) -> int:
    """The instant itself; raises ValueError outside [EARLIEST, LATEST)."""
    if not EARLIEST <= instant < LATEST:
        raise ValueError("outside the years 1990 to 2099")
    return instant


def to_datetime(instant: int) -> datetime:
    """The instant as an aware datetime in Vietnam's time."""
    return datetime(1970, 1, 1, tzinfo=UTC).astimezone(VIETNAM) + timedelta(microseconds=instant)


def midnight(day: date) -> datetime:
    """The start of a Vietnamese day."""
    return datetime.combine(day, time(), VIETNAM)
