"""RFC 3339 texts to microseconds, as arrays of bytes: no parser, no format guessing, no leniency.

Agrees with `schemas.instant.parse_instant` on every text that it takes; what it does not take (-1) the
careful reader decides.
"""

import numpy as np
import numpy.typing as npt

from schemas.instant import DAY, EARLIEST, HOUR, LATEST, MICROSECONDS

Instants = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

MINUTE = 60 * MICROSECONDS
HEAD = b"dddd-dd-ddTdd:dd:dd"
ZONE = b"+dd:dd"
MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FRACTIONS = (0, 2, 3, 4, 5, 6, 7)  # length of ".123456", point included
LENGTHS = range(len(HEAD) + 1, len(HEAD) + 7 + len(ZONE) + 1)
NOT_TAKEN = -1


def parse(texts: bytes, lengths: Instants) -> Instants:
    """Microseconds since 1970 UTC of each text, NOT_TAKEN where the text is not of the plain forms.

    texts: one after the other, a byte for each sign; lengths: of each. The plain forms are
    `2022-07-01T08:15:00`, up to six digits of a fraction, and `Z` or `+07:00`.
    """
    raw, ends = np.frombuffer(texts, np.uint8), np.cumsum(lengths)
    result = np.full(len(lengths), NOT_TAKEN, np.int64)
    for length in set(lengths.tolist()).intersection(LENGTHS):
        where = np.flatnonzero(lengths == length)
        if len(where) == len(lengths):
            rows = raw.reshape(-1, length)
        else:
            rows = raw[(ends[where] - length)[:, None] + np.arange(length)]
        result[where] = _parse_rows(rows)
    return result


def _parse_rows(rows: Bytes) -> Instants:
    zulu = rows[:, -1] == ord("Z")
    result = np.full(len(rows), NOT_TAKEN, np.int64)
    for where, zone in ((np.flatnonzero(zulu), b"Z"), (np.flatnonzero(~zulu), ZONE)):
        if len(where) and rows.shape[1] >= len(HEAD) + len(zone):
            result[where] = _parse_form(rows[where], zone)
    return result


def _parse_form(rows: Bytes, zone: bytes) -> Instants:
    fraction = rows.shape[1] - len(HEAD) - len(zone)
    if fraction not in FRACTIONS:
        return np.full(len(rows), NOT_TAKEN, np.int64)
    template = HEAD + (b"." + b"d" * (fraction - 1) if fraction else b"") + zone
    signs = rows[:, len(template) - len(zone)].copy()
    instant, fine = _fields(rows, np.frombuffer(template, np.uint8))
    if fraction:
        instant += _number(rows, len(HEAD) + 1, fraction - 1) * 10 ** (7 - fraction)
    if zone == ZONE:
        hours, minutes = _number(rows, len(template) - 5, 2), _number(rows, len(template) - 2, 2)
        offset = hours * HOUR + minutes * MINUTE
        instant += np.where(signs == ord("-"), offset, -offset)
        fine &= (hours < 24) & (minutes < 60)
    fine &= (instant >= EARLIEST) & (instant < LATEST)
    return np.where(fine, instant, NOT_TAKEN)


def _fields(rows: Bytes, template: Bytes) -> tuple[Instants, npt.NDArray[np.bool_]]:
    digits = template == ord("d")
    fine = ((rows[:, digits] - ord("0")) < 10).all(axis=1)
    signed = template == ord("+")
    exact = ~digits & ~signed
    fine &= (rows[:, exact] == template[exact]).all(axis=1)
    fine &= ((rows[:, signed] == ord("+")) | (rows[:, signed] == ord("-"))).all(axis=1)
    year, month, day = _number(rows, 0, 4), _number(rows, 5, 2), _number(rows, 8, 2)
    hour, minute, second = _number(rows, 11, 2), _number(rows, 14, 2), _number(rows, 17, 2)
    fine &= (month >= 1) & (month <= 12) & (day >= 1)
    fine &= (hour < 24) & (minute < 60) & (second < 60)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    fine &= day <= MONTH_DAYS[np.where(fine, month, 0)] - ((month == 2) & ~leap)
    days = _days(year, month, day)
    return days * DAY + hour * HOUR + minute * MINUTE + second * MICROSECONDS, fine


def _number(rows: Bytes, start: int, width: int) -> Instants:
    total = np.zeros(len(rows), np.int64)
    for position in range(start, start + width):
        total = total * 10 + (rows[:, position] - ord("0"))
    return total


def _days(year: Instants, month: Instants, day: Instants) -> Instants:
    """Days since 1970-01-01 in the Gregorian calendar (Hinnant, "days_from_civil")."""
    y = year - (month <= 2)
    era, m = y // 400, (month + 9) % 12
    of_era = y - era * 400
    of_year = (153 * m + 2) // 5 + day - 1
    days: Instants = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return days
