"""How a clerk writes values: 30/06/2025, 90 %, 0,5, có, 15h00. Each reader raises WrongValue."""

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from schemas.reference.mistake import WrongValue

BEGINNING, FOREVER = date(1970, 1, 1), date(2149, 6, 6)
"""Bounds of ClickHouse's Date: they stand for "since ever" and "without end"."""

DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4})")
CLOCK = re.compile(r"(\d{1,2})[:hg](\d{2})?(?::00)?")
NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")
CODE = re.compile(r"[^\s,;\"'\x00-\x1f]{1,100}")
YES, NO = {"có", "yes", "true", "1", "x"}, {"không", "no", "false", "0"}

Choice = TypeVar("Choice", bound=StrEnum)


def as_day(value: object) -> object:
    """Read 2025-07-01 or 01/07/2025."""
    if not isinstance(value, str):
        return value
    found = DATE.fullmatch(value)
    try:
        if not found:
            raise ValueError
        year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise WrongValue(
            f"“{value}” không phải là ngày; ghi 01/07/2025 hoặc 2025-07-01",
            f"`{value}` is no date; write 01/07/2025 or 2025-07-01",
        ) from None
    if not BEGINNING <= read <= FOREVER:
        raise WrongValue(
            f"năm {read.year} ngoài khoảng 1970–2149; không có hạn thì để trống",
            f"year {read.year} is outside 1970 to 2149; leave it empty when there is no bound",
        )
    return read


def as_number(value: object) -> object:
    """Read 0.9, 0,9, 90 % or 90%."""
    if not isinstance(value, str):
        return value
    found = NUMBER.fullmatch(value)
    if not found:
        raise WrongValue(
            f"“{value}” không phải là số; ghi 0,9 hoặc 90 %", f"`{value}` is no number; write 0.9 or 90 %"
        )
    number = Decimal(found[1].replace(",", "."))
    return float(number / 100 if found[2] else number)  # 99,9 % is the same number as 999 of 1000


def as_yes(value: object) -> object:
    """Read có or không, yes or no."""
    if not isinstance(value, str):
        return value
    if value.casefold() not in YES | NO:
        raise WrongValue(f"“{value}”: ghi có hoặc không", f"`{value}`: write yes or no")
    return value.casefold() in YES


def as_clock(value: object) -> object:
    """Read 15:00, 15h or 15h30."""
    if not isinstance(value, str):
        return value
    found = CLOCK.fullmatch(value)
    try:
        if found:
            return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        pass
    raise WrongValue(f"“{value}” không phải là giờ; ghi 15:00", f"`{value}` is no time of day; write 15:00")


def as_code(value: object) -> object:
    """Read a code: no blanks, no quotes, no commas."""
    if isinstance(value, str) and value and not CODE.fullmatch(value):
        raise WrongValue(
            f"mã “{value}” có dấu cách, phẩy, nháy hoặc quá 100 ký tự",
            f"the code `{value}` has blanks, commas, quotes, or more than 100 characters",
        )
    return value


def choice(kind: type[Choice], words: Mapping[str, Choice]) -> BeforeValidator:
    """Read a code of an enumeration, or its Vietnamese word."""

    def read(value: object) -> object:
        if not isinstance(value, str) or value in kind.__members__.values():
            return value
        if value.casefold() in words:
            return words[value.casefold()]
        known = ", ".join(f"{code} ({word})" for word, code in words.items())
        raise WrongValue(f"“{value}” không có trong: {known}", f"`{value}` is none of: {known}")

    return BeforeValidator(read)


Day = Annotated[date, BeforeValidator(as_day)]
Number = Annotated[float, BeforeValidator(as_number)]
YesNo = Annotated[bool, BeforeValidator(as_yes)]
Clock = Annotated[time, BeforeValidator(as_clock)]
Code = Annotated[str, BeforeValidator(as_code)]
