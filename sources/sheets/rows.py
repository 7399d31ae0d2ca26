"""From a payload to rows by column name: CSV or XLSX, the header row found, what is no record left out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.refusal import Reason
from sources.configuration import fold
from sources.converted import FieldError
from sources.mapping import Mapping, Row
from sources.sheets.separated import separated_rows
from sources.sheets.workbook import MAGIC, workbook_rows

SEARCHED = 40
"""Rows in which the header is looked for: lists carry a letterhead."""

FOOTER_CELLS = 3
"""A row without a key and with so few cells is a sum or a signature below the list."""


class Table(NamedTuple):
    """header: names by place, as the mapping spells them. rows: with the sheet's own row numbers."""

    header: list[str]
    rows: Iterator[tuple[int, Row]]
    footers: Counter[str]


def table_of(payload: bytes, mapping: Mapping) -> Table:
    """Find the header. Raises FieldError; reading on may raise it, too."""
    if not payload.strip():
        raise FieldError(Reason.EMPTY, "")
    if payload.startswith(MAGIC):
        cells: Iterable[list[str]] = workbook_rows(payload, mapping.sheet)
    else:
        cells = separated_rows(payload, mapping.delimiter, mapping.encoding)
    numbered = enumerate(cells, 1)
    header = _header(numbered, mapping)
    footers: Counter[str] = Counter()
    return Table(header, _records(numbered, header, mapping, footers), footers)


def _header(rows: Iterable[tuple[int, list[str]]], mapping: Mapping) -> list[str]:
    spelled = {fold(name): name for name in mapping.headers}
    best: set[str] = set()
    for number, cells in rows:
        names = [spelled.get(fold(cell), cell) for cell in cells]
        found = {name for name in names if name in mapping.headers}
        best = max(best, found, key=len)
        if len(found) == len(spelled) and mapping.header_row in (0, number):
            return names
        if number >= (mapping.header_row or SEARCHED):
            break
    missing = [name for name in mapping.headers if name not in best]
    raise FieldError(Reason.NO_COLUMN, (missing or mapping.headers)[0])


def _records(
    rows: Iterable[tuple[int, list[str]]], header: list[str], mapping: Mapping, footers: Counter[str]
) -> Iterator[tuple[int, Row]]:
    for number, cells in rows:
        row: dict[str, str] = {}
        for name, cell in zip(header, cells, strict=False):
            if name and not row.get(name):  # of two columns of a name, the one that has something
                row[name] = cell
        filled = sum(bool(cell) for cell in cells)
        if not filled:
            continue
        if filled <= FOOTER_CELLS and not any(row.get(name) for name in mapping.subject):
            footers["footer_row"] += 1
        else:
            yield number, row
