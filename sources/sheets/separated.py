"""A CSV file as rows of texts, separated by what divides its header row best, unless that is named."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO

from schemas.refusal import Reason
from sources.converted import FieldError

SEPARATORS = ",;\t|"
SAMPLE = 20


def separated_rows(payload: bytes, delimiter: str, encoding: str) -> Iterator[list[str]]:
    """The rows. Raises FieldError."""
    text = _decoded(payload, encoding)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter or _separator(text)):
            yield [cell.strip() for cell in row]
    except (csv.Error, TypeError):
        raise FieldError(Reason.UNREADABLE, "") from None


def _decoded(payload: bytes, encoding: str) -> str:
    wide = payload[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    try:
        return payload.decode(encoding or ("utf-16" if wide else "utf-8-sig"))
    except (UnicodeDecodeError, LookupError):
        raise FieldError(Reason.UNREADABLE, "encoding") from None


def _separator(text: str) -> str:
    head = text.splitlines()[:SAMPLE]
    return max(SEPARATORS, key=lambda sign: max((line.count(sign) for line in head), default=0))
