"""Lists that a system exports at the end of the run, by the very mapping with which they are read again."""

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO

import polars as pl
from openpyxl import Workbook

from schemas.column import Column, Kind
from schemas.event import Stored
from schemas.instant import to_datetime
from sources.mapping import Mapping
from sources.simulator.formats.lives import Life, Lives
from sources.simulator.formats.writer import PEOPLE

PERSON = {"Họ và tên": PEOPLE["name"], "Số CCCD": PEOPLE["number"], "Điện thoại": PEOPLE["phone"]}


class Lists:
    """One row for each entity. workbook: XLSX instead of CSV."""

    def __init__(self, mapping: Mapping, *, workbook: bool) -> None:
        self._mapping, self._workbook = mapping, workbook
        self._lives = Lives(mapping.entity)

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """Nothing yet."""
        self._lives.changed(events)
        yield from ()

    def finish(self) -> Iterator[bytes]:
        """The list."""
        rows = [[*self._mapping.headers, *PERSON]]
        rows += [self._row(life) for life in self._lives.all()]
        yield _workbook(rows) if self._workbook else _separated(rows)

    def _row(self, life: Life) -> list[str]:
        mapping, now = self._mapping, life.now
        ours = {theirs: name for name, theirs in mapping.columns.items()}
        cells = dict(PERSON)
        for header in mapping.headers:
            name = ours.get(header)
            cells[header] = cell(mapping, mapping.about.by_name[name], now.get(name)) if name else ""
        cells[mapping.subject[0]] = life.subject
        if mapping.changed_at:
            cells[mapping.changed_at] = f"{to_datetime(life.steps[-1].time):{mapping.dates[0]}}"
        return [cells[name] for name in (*mapping.headers, *PERSON)]


def cell(mapping: Mapping, column: Column, value: Stored | None) -> str:
    """A value as the mapping reads it."""
    if value is None:
        return ""
    if column.kind is Kind.TIME:
        return f"{to_datetime(int(value)):{mapping.dates[0]}}"
    if column.kind is Kind.FLAG:
        return "Có" if value == 2 else "Không"
    theirs = {ours: theirs for theirs, ours in mapping.codes.get(column.name, {}).items()}
    return theirs.get(str(value), str(value))


def _separated(rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book, out = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet("Danh sách")
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()
