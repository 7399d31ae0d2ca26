"""The model of a report: what it is called, for whom and when, its tables, its notes, its checks.

A cell is a text, a whole number, a `Percent`, or None for what nobody knows. The writers differ in nothing
but the file: `text` is how a cell reads in each of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from serving.written import NOTHING, count, percent


class Percent(float):
    """A share of 1, shown as a percentage with two decimals."""


Cell = str | int | Percent | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the form's number, the heading that it shares with its neighbours (''), and its own."""

    number: str
    group: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `strong`: a sum, or the heading of what follows."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and lines; a line has a cell per column."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def rows(self) -> list[list[str]]:
        """All cells as they read, without the headings."""
        return [[text(cell) for cell in line.cells] for line in self.lines]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold between numbers of the report; `broken` names the lines where it does not."""

    rule: str
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it holds in every line."""
        return not self.broken

    @property
    def line(self) -> str:
        """The rule and how it came out, Vietnamese first."""
        if self.holds:
            return f"{self.rule}: đúng / holds"
        return f"{self.rule}: SAI / FAILS ({'; '.join(self.broken)})"


@dataclass(frozen=True, slots=True)
class Report:
    """A report, ready to be written. unit: what is counted; '' where tables say so themselves."""

    form: str
    title: str
    subtitle: str
    reporter: str
    period: str
    unit: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    @property
    def head(self) -> tuple[str, ...]:
        """The lines below the title: who reports to whom, over which days, in what unit."""
        lines = (f"Đơn vị báo cáo: {self.reporter}", "Đơn vị nhận báo cáo: …", self.period)
        return (*lines, f"Đơn vị tính: {self.unit}") if self.unit else lines


def text(cell: Cell) -> str:
    """How a cell reads: 1.234, 99,87 %, – for what nobody knows."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Percent):
        return percent(cell)
    return NOTHING if cell is None else count(cell)


def share(part: float, whole: float | None) -> Percent | None:
    """A part of a whole; None of nothing."""
    return Percent(part / whole) if whole else None


def columns(*groups: tuple[str, Sequence[str]], start: int = 1) -> tuple[Column, ...]:
    """Columns numbered as forms have them, in groups of (shared heading, own headings)."""
    named: Iterable[tuple[str, str]] = ((group, name) for group, names in groups for name in names)
    return tuple(Column(str(number), group, name) for number, (group, name) in enumerate(named, start))
