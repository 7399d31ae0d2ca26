"""KPI rows as text: a table for people, JSON or CSV for programs.

Programs get plain numbers. People get them as they are written in Vietnam (1.234,5 %), the Vietnamese name
first.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from schemas.catalogue import Catalogue, Figure
from schemas.selection import By
from serving import comparison_columns as extra
from serving.compare import Compared
from serving.comparison_columns import plain
from serving.figures import every
from serving.ranking import Ranked
from serving.row import Row
from serving.written import NOTHING, count, value

COLUMNS = ("kpi", "agency", "from", "to", "numerator", "denominator", "value")
PARTS = {
    By.AGENCY: "Cơ quan\nAgency",
    By.HOUR: "Giờ\nHour",
    By.DAY: "Ngày\nDay",
    By.MONTH: "Tháng\nMonth",
    By.PROCEDURE: "Thủ tục\nProcedure",
    By.FIELD: "Lĩnh vực\nField",
    By.KIND: "Loại\nKind",
}


def render(rows: Sequence[Row | Compared | Ranked], form: str, catalogue: Catalogue) -> str:
    """The rows as `table`, `json` (one document: a list) or `csv`; ends with a newline."""
    if form == "json":
        return json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1) + "\n"
    return as_csv(rows) if form == "csv" else as_table(rows, catalogue)


def as_csv(rows: Sequence[Row | Compared | Ranked]) -> str:
    """CSV with a header line; a missing value is empty."""
    made = [row.as_dict() for row in rows]
    names = dict.fromkeys((*COLUMNS, *(name for row in made for name in row)))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    return text.getvalue()


def as_table(rows: Sequence[Row | Compared | Ranked], catalogue: Catalogue) -> str:
    """A table with the names from the catalogue."""
    if not rows:
        return "Không có số liệu. Nothing was counted.\n"
    figures = {name: c.figure for c in every(catalogue) for name in (c.name, c.version)}
    table = _headed(plain(rows[0]))
    for head in extra.heads(rows[0]):
        table.add_column(head, justify="right", no_wrap=True)
    previous = ""
    for each in rows:
        row = plain(each)
        name = "" if row.kpi == previous else _name(row.kpi, figures)
        part = [row.key or NOTHING] if row.by else []
        table.add_row(
            name, *part, count(row.numerator), count(row.denominator), value(row), *extra.cells(each)
        )
        previous = row.kpi
    text = io.StringIO()
    Console(file=text, width=110 + 12 * len(extra.heads(rows[0])), highlight=False).print(table)
    return text.getvalue()


def _headed(row: Row) -> Table:
    first, last = row.period.start, row.period.last_day
    whose = row.agency if row.agency and row.by is not By.AGENCY else ""
    span = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
    if row.period.hours:
        span = " – ".join(f"{moment:%H:%M %d/%m/%Y}" for moment in row.period.hours)
    title = f"{span} {whose}".rstrip()
    table = Table(title=title, show_lines=row.by is None)
    table.add_column("Chỉ tiêu\nKPI")
    if row.by:
        table.add_column(PARTS[row.by], no_wrap=True)
    for head in ("Tử số\nNumerator", "Mẫu số\nDenominator", "Giá trị\nValue"):
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _name(kpi: str, figures: Mapping[str, Figure]) -> str:
    figure = figures.get(kpi)
    return f"{figure.vi}\n{figure.en}" if figure else kpi
