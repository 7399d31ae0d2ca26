"""Tables out of files: CSV as Excel saves it (UTF-8 with or without BOM; `,` `;` or tab), and XLSX.

A line that begins with # and an empty one are left out. All cells are text afterwards, so that CSV and XLSX
are read by the same rules.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zipfile import BadZipFile

from schemas.reference.mistake import Mistake, Place

SUFFIXES = (".csv", ".xlsx")
LARGEST = 50_000_000
"""Bytes of a file: a whole country's communes take a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as text: where it came from, what it is called, its headings, its lines with their rows."""

    file: str
    name: str
    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read(path: Path) -> list[Sheet] | Mistake:
    """The sheets of a file; or why it cannot be read. Raises OSError."""
    if path.suffix.lower() not in SUFFIXES:
        return _whole(path, "chỉ đọc được tệp .csv và .xlsx", "only .csv and .xlsx can be read")
    if path.stat().st_size > LARGEST:
        return _whole(path, "tệp lớn hơn 50 MB", "the file is larger than 50 MB")
    return _csv(path) if path.suffix.lower() == ".csv" else _xlsx(path)


def _whole(path: Path, vi: str, en: str) -> Mistake:
    return Mistake(Place(path.name, 0), "", vi, en)


def _csv(path: Path) -> list[Sheet] | Mistake:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return _whole(
            path,
            "không phải UTF-8; trong Excel chọn “CSV UTF-8” khi lưu",
            "this is not UTF-8; save it as `CSV UTF-8`",
        )
    first = next((line for line in text.splitlines() if line.strip() and line[0] != "#"), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        return [_sheet(path.name, path.stem, _numbered(reader))]
    except csv.Error as error:
        return _whole(path, f"dòng {reader.line_num}: sai dấu nháy", f"line {reader.line_num}: {error}")


def _numbered(reader: "Iterable[list[str]]") -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start on: a cell in quotes may go over several."""
    start = 1
    for row in reader:
        yield start, row
        start = reader.line_num + 1  # type: ignore[attr-defined]


def _xlsx(path: Path) -> list[Sheet] | Mistake:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError):
        return _whole(path, "không phải sổ tính Excel .xlsx", "this is no .xlsx workbook")
    try:
        found = [
            _sheet(f"{path.name}[{sheet.title}]", sheet.title, _cells(sheet.iter_rows(values_only=True)))
            for sheet in book.worksheets
        ]
    finally:
        book.close()
    filled = [sheet for sheet in found if sheet.headings]
    if len(filled) == 1:
        only = filled[0]
        return [Sheet(only.file, path.stem, only.headings, only.lines)]
    return filled


def _cells(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        yield number, [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _sheet(file: str, name: str, rows: Iterable[tuple[int, list[str]]]) -> Sheet:
    stripped = ((number, tuple(cell.strip() for cell in row)) for number, row in rows)
    kept = [(number, row) for number, row in stripped if any(row) and not row[0].startswith("#")]
    return Sheet(file, name, kept[0][1] if kept else (), tuple(kept[1:]))
