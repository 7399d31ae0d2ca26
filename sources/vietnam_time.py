"""Times as source systems write them, to RFC 3339 with Vietnam's offset (UTC+7, no daylight saving)."""

import re
from datetime import datetime, timedelta

from schemas.instant import VIETNAM, to_datetime, to_microseconds, within_range

NONE = frozenset({"", "null", "none", "00010101000000", "00000000000000"})
"""What senders write for "no time" or "no value", in lower case; the third is .NET's first moment."""

SYNC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")


def rfc3339(text: str) -> str:
    """`yyyyMMddHHmmss` (also without seconds, or only the day) of Vietnam. Raises ValueError."""
    found = SYNC.fullmatch(text)
    if not found or not text.isascii():
        raise ValueError("not yyyyMMddHHmmss")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return written(datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM))


def parsed(text: str, forms: tuple[str, ...]) -> str:
    """A time in the first of the forms (of `strptime`) that fits, of Vietnam unless it names an offset.

    Beside these: `iso`, and numbers since 1970: `epoch_s`, `epoch_ms`, `epoch_us`; `wall_ms`, `wall_us` and
    `wall_days` are Vietnam's wall clock counted as if it were UTC: so Debezium writes columns without a zone.
    Raises ValueError.
    """
    for form in forms:
        try:
            return written(_moment(text, form))
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"in none of the forms {', '.join(forms)}")


UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1, "days": 86_400_000_000}


def _moment(text: str, form: str) -> datetime:
    kind, _, unit = form.partition("_")
    if kind in ("epoch", "wall"):
        if not re.fullmatch(r"-?[0-9]{1,20}", text):
            raise ValueError("no number")
        moment = to_datetime(within_range(int(text) * UNITS[unit]))
        return moment - timedelta(hours=7) if kind == "wall" else moment
    moment = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
    return moment.replace(tzinfo=VIETNAM) if moment.tzinfo is None else moment


def written(moment: datetime) -> str:
    """RFC 3339 in Vietnam's time. Raises ValueError outside the years of the contract."""
    within_range(to_microseconds(moment))
    return moment.astimezone(VIETNAM).isoformat()
