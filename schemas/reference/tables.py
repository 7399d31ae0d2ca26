"""Which tables there are, and all of them together: a reference, read from files and folders."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from schemas.reference.agency import Agency, Successor
from schemas.reference.calendar import CalendarDay, Hours
from schemas.reference.mistake import Mistake, Place
from schemas.reference.procedure import Procedure
from schemas.reference.row import Row, read_row
from schemas.reference.sheet import SUFFIXES, Sheet, read
from schemas.reference.target import Target
from schemas.reference.tree import AgencyTree

TABLES: dict[str, type[Row]] = {
    "agencies": Agency,
    "successors": Successor,
    "procedures": Procedure,
    "targets": Target,
    "calendar": CalendarDay,
    "hours": Hours,
}
VIETNAMESE = {
    "co-quan": "agencies",
    "ke-thua": "successors",
    "thu-tuc": "procedures",
    "chi-tieu": "targets",
    "lich": "calendar",
    "gio-lam-viec": "hours",
}
"""Files and sheets may have these names too, with or without marks: `Cơ quan`, `co_quan`."""

BUILT_IN = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Reference:
    """All reference data; every table may be empty."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    @property
    def agencies(self) -> tuple[Agency, ...]:
        """The agency tree."""
        return tuple(row for row in self.rows.get("agencies", ()) if isinstance(row, Agency))

    @property
    def successors(self) -> tuple[Successor, ...]:
        """Who goes on for whom."""
        return tuple(row for row in self.rows.get("successors", ()) if isinstance(row, Successor))

    @property
    def procedures(self) -> tuple[Procedure, ...]:
        """The procedures."""
        return tuple(row for row in self.rows.get("procedures", ()) if isinstance(row, Procedure))

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets."""
        return tuple(row for row in self.rows.get("targets", ()) if isinstance(row, Target))

    @property
    def calendar(self) -> tuple[CalendarDay, ...]:
        """Days off and make-up days."""
        return tuple(row for row in self.rows.get("calendar", ()) if isinstance(row, CalendarDay))

    @property
    def hours(self) -> tuple[Hours, ...]:
        """Office hours."""
        return tuple(row for row in self.rows.get("hours", ()) if isinstance(row, Hours))

    @cached_property
    def tree(self) -> AgencyTree:
        """The agency tree for sums; the reference must have been checked."""
        return AgencyTree(self.agencies, self.successors)

    def on_top_of(self, older: "Reference") -> "Reference":
        """The tables of this one, and of the older one those that this one lacks."""
        return Reference({**older.rows, **self.rows})

    @cached_property
    def content(self) -> str:
        """SHA-256 of all rows, whatever their order and wherever they were read."""
        lines = [
            f"{table} {row.model_dump_json()}" for table, rows in sorted(self.rows.items()) for row in rows
        ]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def built_in() -> list[str]:
    """The names of the data that come with the program."""
    return sorted(folder.name for folder in BUILT_IN.iterdir() if folder.is_dir())


def gather(paths: Iterable[Path]) -> tuple[Reference, list[Mistake]]:
    """Read files, folders and built-in data; rows of one table are put together. Raises OSError.

    A table that no file has is absent from the reference, not empty.
    """
    rows: dict[str, list[Row]] = {}
    mistakes: list[Mistake] = []
    for file in (file for path in paths for file in _files(path)):
        sheets = read(file)
        for sheet in sheets if isinstance(sheets, list) else ():
            _take(sheet, rows, mistakes)
        mistakes += [] if isinstance(sheets, list) else [sheets]
    return Reference({table: tuple(found) for table, found in rows.items()}), mistakes


def _files(path: Path) -> list[Path]:
    if not path.exists() and str(path) in built_in():
        path = BUILT_IN / path
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.name[0] not in "~._")


def table_of(name: str) -> str | None:
    """The table that a file or sheet is called after: `agencies`, `Cơ quan 2025`, `targets-2026`."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    words = re.sub(r"[^a-z0-9]+", "-", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    for known, table in {**{name: name for name in TABLES}, **VIETNAMESE}.items():
        if words == known or words.startswith(f"{known}-"):
            return table
    return None


def _take(sheet: Sheet, rows: dict[str, list[Row]], mistakes: list[Mistake]) -> None:
    table = table_of(sheet.name)
    if table is None:
        known = ", ".join(TABLES)
        mistakes.append(
            Mistake(
                Place(sheet.file, 0),
                "",
                f"tên “{sheet.name}” không phải là bảng nào; có: {known}",
                f"`{sheet.name}` is no table; there are: {known}",
            )
        )
        return
    columns, wrong = _columns(sheet, TABLES[table])
    mistakes += wrong
    kept = rows.setdefault(table, [])
    for made in () if wrong else _rows(sheet, columns, TABLES[table]):
        if isinstance(made, Row):
            kept.append(made)
        else:
            mistakes += made


def _columns(sheet: Sheet, model: type[Row]) -> tuple[list[str], list[Mistake]]:
    known, place = model.headings(), Place(sheet.file, 0)
    columns = [known.get(heading.casefold(), "") for heading in sheet.headings]
    wrong = []
    for heading, column in zip(sheet.headings, columns, strict=True):
        if heading and not column:
            near = get_close_matches(heading.casefold(), known, 1) or [", ".join(model.model_fields)]
            wrong.append(
                Mistake(place, heading, f"không có cột này; có: {near[0]}", f"no such column; {near[0]}?")
            )
        elif column and columns.count(column) > 1:
            wrong.append(Mistake(place, heading, "cột này có hai lần", "this column is there twice"))
    for column in model.required():
        if column not in columns:
            wrong.append(Mistake(place, column, "thiếu cột bắt buộc", "this column is required"))
    return columns, wrong


def _rows(sheet: Sheet, columns: list[str], model: type[Row]) -> Iterator[Row | list[Mistake]]:
    for number, cells in sheet.lines:
        place = Place(sheet.file, number)
        if any(cells[len(columns) :]) or any(c for c, name in zip(cells, columns, strict=False) if not name):
            vi, en = "có ô không thuộc cột nào", "a cell belongs to no column"
            yield [Mistake(place, "", vi, en)]
            continue
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
        yield read_row(model, named, place)
