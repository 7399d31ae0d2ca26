"""A report as a Word document: A4 landscape, Times New Roman, the headings repeated on every page."""

import io
from itertools import groupby

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import Table as Grid
from docx.table import _Cell

from serving.reports.markdown import CHECKS, NOTES
from serving.reports.table import Report, Table, text

FONT = "Times New Roman"
HEADS = 3


def paper(report: Report) -> bytes:
    """The report as the bytes of a .docx file."""
    document = Document()
    document.core_properties.title, document.core_properties.language = report.title, "vi-VN"
    document.styles["Normal"].font.name = FONT
    document.styles["Normal"].font.size = Pt(11)
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(15)
    document.add_paragraph(report.form).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for words, bold in ((report.title, True), (report.subtitle, False)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(words)
        run.bold, run.italic = bold, not bold
    for line in report.head:
        document.add_paragraph(line)
    for table in report.tables:
        _table(document, table)
    for title, texts in ((NOTES, report.notes), (CHECKS, [check.line for check in report.checks])):
        if texts:
            document.add_paragraph().add_run(title).bold = True
            for words in texts:
                document.add_paragraph(words, style="List Bullet")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _table(document: Paper, table: Table) -> None:
    if table.title:
        document.add_paragraph().add_run(table.title).bold = True
    grid = document.add_table(len(table.lines) + HEADS, len(table.columns), style="Table Grid")
    cells = [row.cells for row in grid.rows]  # python-docx walks the whole table for each `cell`
    _head(grid, cells, table)
    for places, line in zip(cells[HEADS:], table.lines, strict=True):
        for number, (place, cell) in enumerate(zip(places, line.cells, strict=True)):
            numeric = number > 1 and not isinstance(cell, str)
            _write(
                place,
                text(cell),
                WD_ALIGN_PARAGRAPH.RIGHT if numeric else WD_ALIGN_PARAGRAPH.LEFT,
                line.strong,
            )
    document.add_paragraph()


def _head(grid: Grid, cells: list[tuple[_Cell, ...]], table: Table) -> None:
    first = 0
    for group, members in groupby(table.columns, lambda column: column.group):
        ours = list(members)
        if group:
            cells[0][first].merge(cells[0][first + len(ours) - 1])
            _write(cells[0][first], group, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        for number, column in enumerate(ours, first):
            _write(cells[1][number], column.name, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
            _write(cells[2][number], column.number, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
        first += len(ours)
    for top in grid.rows[:HEADS]:
        top._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - it has no name in python-docx


def _write(place: _Cell, words: str, alignment: WD_ALIGN_PARAGRAPH, bold: bool) -> None:
    paragraph = place.paragraphs[0]
    paragraph.alignment = alignment
    run = paragraph.add_run(words)
    run.bold, run.font.size = bold, Pt(9)
