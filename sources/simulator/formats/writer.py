"""What every format has: payloads as events come in, and what is left for the end."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

import polars as pl

from schemas.instant import to_datetime

PEOPLE = {"name": "Nguyễn Văn Mẫu", "number": "096099012345", "phone": "0912345678", "mail": "mau@example.vn"}
"""A person who does not exist, in the fields that real records have: they must not come out at the other
side.
"""


class Writer(Protocol):
    """Writes what a source system would send or export."""

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """Payloads that follow from events: `at, type, agency, key, line`, in the order of arrival."""

    def finish(self) -> Iterator[bytes]:
        """Payloads at the end of the run."""


def stamp(instant: Any) -> str:
    """`yyyyMMddHHmmss` in Vietnam; "" for none."""
    return f"{to_datetime(int(instant)):%Y%m%d%H%M%S}" if instant else ""


def line(value: Any) -> bytes:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
