"""A report as an Excel workbook: a sheet per table, numbers as numbers, so that they can be reckoned with.

Excel writes 1.234,5 by the language of the computer that it runs on. Texts stay texts: what begins with an
equals sign is no formula.
"""

import io
from collections.abc import Sequence
from itertools import count, groupby

from openpyxl import Workbook
from openpyxl.cell import Cell as Place
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from serving.reports.markdown import CHECKS, NOTES
from serving.reports.table import Cell, Percent, Report, Table
from serving.written import NOTHING

FONT = "Times New Roman"
HEADS = ("group", "name", "number")
BOX = Border(*(Side(style="thin") for _ in range(4)))
WIDTHS = {0: 6, 1: 42}
NARROW = 13


def workbook(report: Report) -> bytes:
    """The report as the bytes of an .xlsx file."""
    book = Workbook()
    book.remove(book.active)
    for number, table in enumerate(report.tables, 1):
        _fill(book.create_sheet(f"Bảng {number}"), report, table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, report: Report, table: Table) -> None:
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    rows = count(1)
    for text in (report.form, report.title, report.subtitle, *report.head, table.title):
        _put(sheet.cell(next(rows), 1), text, bold=text == report.title, box=False)
    _head(sheet, table, [next(rows) for _ in HEADS])
    for line in table.lines:
        row = next(rows)
        for number, cell in enumerate(line.cells, 1):
            _put(sheet.cell(row, number), cell, bold=line.strong)
    for title, texts in ((NOTES, report.notes), (CHECKS, [check.line for check in report.checks])):
        for n, text in enumerate((title, *texts) if texts else ()):
            _put(sheet.cell(next(rows), 1), text, bold=n == 0, box=False)
    for number in range(len(table.columns)):
        sheet.column_dimensions[get_column_letter(number + 1)].width = WIDTHS.get(number, NARROW)


def _head(sheet: Worksheet, table: Table, rows: Sequence[int]) -> None:
    """Shared headings, own headings, the form's numbers; all stay in sight."""
    for row, part in zip(rows, HEADS, strict=True):
        for number, column in enumerate(table.columns, 1):
            place = sheet.cell(row, number)
            _put(place, getattr(column, part), bold=True)
            place.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    first = 1
    for group, members in groupby(table.columns, lambda column: column.group):
        last = first + len(list(members)) - 1
        if group and last > first:
            sheet.merge_cells(start_row=rows[0], end_row=rows[0], start_column=first, end_column=last)
        first = last + 1
    sheet.freeze_panes = f"C{rows[-1] + 1}"


def _put(place: Place, cell: Cell, *, bold: bool, box: bool = True) -> None:
    place.value = NOTHING if cell is None else float(cell) if isinstance(cell, Percent) else cell
    if isinstance(cell, str):
        place.data_type = "s"
    else:
        place.number_format = "0.00%" if isinstance(cell, Percent) else "#,##0"
        place.alignment = Alignment(horizontal="right")
    place.font = Font(name=FONT, bold=bold)
    if box:
        place.border = BOX
