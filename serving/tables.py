"""KPI rows as text: a table for people, JSON or CSV for programs.

Programs get plain numbers. People get them as they are written in Vietnam (1.234,5 %), the Vietnamese name
first.
"""

import csv
import io
import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from schemas.catalogue import Catalogue, Kpi, Stock
from schemas.selection import By
from serving.row import Row

COLUMNS = ("kpi", "agency", "from", "to", "numerator", "denominator", "value")
NOTHING = "–"
PARTS = {
    By.AGENCY: "Cơ quan\nAgency",
    By.HOUR: "Giờ\nHour",
    By.DAY: "Ngày\nDay",
    By.MONTH: "Tháng\nMonth",
    By.PROCEDURE: "Thủ tục\nProcedure",
    By.FIELD: "Lĩnh vực\nField",
    By.KIND: "Loại\nKind",
}


def render(rows: Sequence[Row], form: str, catalogue: Catalogue) -> str:
    """The rows as `table`, `json` (one document: a list) or `csv`; ends with a newline."""
    if form == "json":
        return json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1) + "\n"
    return as_csv(rows) if form == "csv" else as_table(rows, catalogue)


def as_csv(rows: Sequence[Row]) -> str:
    """CSV with a header line; a missing value is empty."""
    names = dict.fromkeys((*COLUMNS, *(row.by.value for row in rows if row.by)))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.as_dict() for row in rows)
    return text.getvalue()


def as_table(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """A table with the names from the catalogue."""
    if not rows:
        return "Không có số liệu. Nothing was counted.\n"
    figures = {name: f for f in catalogue.figures for name in (f.name, f"{f.name}@{f.valid_from}")}
    table = _headed(rows[0])
    previous = ""
    for row in rows:
        name = "" if row.kpi == previous else _name(row.kpi, figures)
        part = [row.key or NOTHING] if row.by else []
        table.add_row(name, *part, count(row.numerator), count(row.denominator), value(row))
        previous = row.kpi
    text = io.StringIO()
    Console(file=text, width=110, highlight=False).print(table)
    return text.getvalue()


def _headed(row: Row) -> Table:
    first, last = row.period.start, row.period.last_day
    whose = row.agency if row.agency and row.by is not By.AGENCY else ""
    title = f"{first:%d/%m/%Y} – {last:%d/%m/%Y} {whose}".rstrip()
    table = Table(title=title, show_lines=row.by is None)
    table.add_column("Chỉ tiêu\nKPI")
    if row.by:
        table.add_column(PARTS[row.by], no_wrap=True)
    for head in ("Tử số\nNumerator", "Mẫu số\nDenominator", "Giá trị\nValue"):
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _name(kpi: str, figures: dict[str, Kpi | Stock]) -> str:
    figure = figures.get(kpi)
    return f"{figure.vi}\n{figure.en}" if figure else kpi


def count(number: int | None) -> str:
    """A whole number as written in Vietnam: 1.234."""
    return NOTHING if number is None else f"{number:,}".replace(",", ".")


def percent(ratio: float) -> str:
    """A ratio as a percentage with two decimals, as reports have it: 99,87 %."""
    return f"{100 * ratio:,.2f} %".translate(str.maketrans(",.", ".,"))


def value(row: Row) -> str:
    """The value of a row: a percentage, or a number for a stock."""
    if row.value is None:
        return NOTHING
    return count(row.numerator) if row.denominator is None else percent(row.value)
