"""One record of a source, read field by field: what is taken is noted, what is wrong names its field."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from schemas.refusal import Reason
from sources.configuration import Configuration, fold
from sources.converted import FieldError
from sources.vietnam_time import NONE, rfc3339

QCVN = re.compile(r"(?:\d{2,3}\.)+[A-Z]\d{2}")
AGENCY = re.compile(r"[A-Z]\d{2}(?:\.\d{1,3})*")
YES, NO = frozenset({"1", "true", "x", "có", "co", "yes"}), frozenset({"0", "false", "không", "khong", "no"})
TEXT_LIMIT = 10_000
WORD = re.compile(r"[\w./-]{1,60}")
"""What a code looks like; a name has blanks, and must become a code by a table before it leaves this edge."""


class Fields:
    """A record of texts. `origins`: by our column, the field it was read from."""

    def __init__(self, record: Mapping[str, Any], configuration: Configuration) -> None:
        self._record, self._configuration = record, configuration
        self.origins: dict[str, str] = {}
        self.understood: Counter[tuple[str, str]] = Counter()

    def text(self, name: str, column: str = "") -> str:
        """The text of a field, "" for none; numbers and flags count as their spelling."""
        value = self._record.get(name)
        if isinstance(value, bool):
            value = "1" if value else "0"
        elif isinstance(value, int | float):
            value = _spelled(value, name)
        elif value is not None and not isinstance(value, str):
            raise FieldError(Reason.WRONG_TYPE, name, value)
        text = (value or "").strip()
        if len(text) > TEXT_LIMIT:
            raise FieldError(Reason.WRONG_VALUE, name)
        if text.casefold() in NONE:
            return ""
        if column:
            self.origins[column] = name
            self.understood[name, column] += 1
        return text

    def needed(self, name: str, column: str = "") -> str:
        """The text of a field that must be there."""
        text = self.text(name, column)
        if not text:
            raise FieldError(Reason.MISSING, name)
        return text

    def word(self, name: str, column: str) -> str:
        """A code, "" for none."""
        return word(self.text(name, column), name)

    def time(self, name: str, column: str = "") -> str | None:
        """A `yyyyMMddHHmmss` of Vietnam as RFC 3339."""
        text = self.text(name, column)
        try:
            return rfc3339(text) if text else None
        except ValueError:
            raise FieldError(Reason.SOURCE_TIME, name, text) from None

    def code(self, name: str, table: str, column: str = "") -> str | None:
        """Our word for a code; the table may have a word for "" too. A code it lacks is an error."""
        text = self.text(name, column)
        found = self._configuration.code(table, text)
        if found is None and text:
            raise FieldError(Reason.WRONG_VALUE, name, text)
        return found or None

    def flag(self, name: str, column: str = "") -> bool | None:
        """A yes or no."""
        text = fold(self.text(name, column))
        if text and text not in YES | NO:
            raise FieldError(Reason.WRONG_VALUE, name, text)
        return text in YES if text else None

    def number(self, name: str, column: str = "") -> int | None:
        """A whole number of đồng or pieces: `120000`, `120.000`, `120000.00`."""
        text = self.text(name, column)
        return self.whole(name, text) if text else None

    def whole(self, name: str, text: str) -> int:
        """The whole number that a field's text says; a number of JSON has no points for the eye."""
        if isinstance(self._record.get(name), float) and not text.isdecimal():
            raise FieldError(Reason.WRONG_VALUE, name, text)
        return whole(text, name)

    def agency(self, name: str, column: str = "agency") -> str | None:
        """An agency by the table `agency`, else by the shape of its code; None for other names."""
        text = self.text(name)
        found = self._configuration.code("agency", text) or agency_code(text)
        if found and column:
            self.text(name, column)
        return found

    def list(self, name: str) -> "list[Fields]":
        """The records of a list; none when it is empty or left out."""
        value = self._record.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise FieldError(Reason.WRONG_TYPE, name, value)
        return [Fields(item, self._configuration) for item in value]


def word(text: str, name: str) -> str:
    """A code, or "". Raises FieldError for what has blanks or is long: it may be somebody's name."""
    if text and not WORD.fullmatch(text):
        raise FieldError(Reason.WRONG_VALUE, name, text)
    return text


def agency_code(text: str) -> str | None:
    """`000.18.29.H51` (QCVN 102, from right to left) and `H51.29.18` (QĐ 20/2020) as the latter."""
    code = text.strip().upper()
    if QCVN.fullmatch(code):
        *below, province = code.split(".")
        parts = [part for part in reversed(below) if int(part)]
        return ".".join([province, *parts])
    return code if AGENCY.fullmatch(code) else None


def whole(text: str, name: str) -> int:
    """A whole number; points and commas in threes are only for the eye: `120.000,00` is `120000`."""
    plain = re.sub(r"[.,]0{1,2}$", "", text.replace(" ", ""))
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    if not re.fullmatch(r"[0-9]{1,15}", plain):
        raise FieldError(Reason.WRONG_VALUE, name, text)
    return int(plain)


def _spelled(value: int | float, name: str) -> str:
    try:
        return str(int(value)) if value == int(value) else str(value)
    except (OverflowError, ValueError):  # not a number, infinite, or longer than Python will spell
        raise FieldError(Reason.WRONG_VALUE, name) from None
