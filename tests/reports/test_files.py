"""The files, opened again by the libraries that read them, say cell by cell what the Markdown says."""

import io
import re

import pytest
from docx import Document
from openpyxl import load_workbook

from serving.reports.kinds import REPORTS, WRITERS
from serving.reports.markdown import markdown
from serving.reports.table import Check, Line, Percent, Report, Table, columns, text
from tests.reports.simulated import simulated

HARD = Report(
    form="Biểu",
    title="TIÊU ĐỀ",
    subtitle="Title",
    reporter="=1+1",
    period="Kỳ báo cáo",
    unit="Số",
    tables=(
        Table(
            "Bảng | một",
            columns(("", ("TT", "Tên")), ("Số", ("Một", "Hai", "Ba"))),
            (
                Line(("1", "=SUM(A1)|*x*", 1_234_567, Percent(0.99871), None)),
                Line(("", "Cột\\ngang", 0, Percent(1), -5), strong=True),
            ),
        ),
    ),
    notes=("Ghi chú một",),
    checks=(Check("1 = 1"), Check("1 = 2", ("dòng 1",))),
)


def grids_of_markdown(written):
    """The rows below the form's numbers, table by table."""
    grids, inside = [], False
    for line in written.splitlines():
        if line.startswith("| (1) |"):
            grids.append([])
            inside = True
        elif inside and line.startswith("|"):
            cells = re.split(r"(?<!\\) \| ", line[2:-2])
            plain = (re.fullmatch(r"\*\*(.*)\*\*", cell) for cell in cells)
            found = [m[1] if m else cell for m, cell in zip(plain, cells, strict=True)]
            grids[-1].append([re.sub(r"\\([\\|*])", r"\1", cell) for cell in found])
        elif not line.startswith("|"):
            inside = False
    return grids


def cell_of(place):
    if isinstance(place.value, str) or place.value is None:
        return place.value or ""
    percentage = place.number_format == "0.00%"
    assert percentage or place.number_format == "#,##0"
    return text(Percent(place.value) if percentage else place.value)


def grids_of_workbook(written):
    for sheet in load_workbook(io.BytesIO(written)):
        rows = [[cell_of(place) for place in row] for row in sheet.iter_rows()]
        top = next(n for n, row in enumerate(rows) if row[:2] == ["1", "2"])
        lines = []
        for row in rows[top + 1 :]:
            if row[0] in ("Ghi chú", "Kiểm tra số liệu / Checks"):
                break
            lines.append(row)
        yield lines


def grids_of_paper(written):
    for table in Document(io.BytesIO(written)).tables:
        grid = [[cell.text for cell in row.cells] for row in table.rows]
        assert grid[2] == [str(number) for number in range(1, len(grid[2]) + 1)]
        yield grid[3:]


@pytest.mark.parametrize("name", [*REPORTS, "hard"])
def test_files_say_what_the_markdown_says(name):
    report = HARD if name == "hard" else REPORTS[name][0](simulated().setting("2026-02"))
    expected = [table.rows for table in report.tables]
    assert grids_of_markdown(markdown(report)) == expected
    assert list(grids_of_workbook(WRITERS[".xlsx"](report))) == expected
    assert list(grids_of_paper(WRITERS[".docx"](report))) == expected
    assert any(expected)


@pytest.mark.parametrize("ending", WRITERS)
def test_heading_notes_and_checks_are_in_each(ending):
    written = WRITERS[ending](HARD)
    if ending == ".xlsx":
        cells = [place for row in load_workbook(io.BytesIO(written)).active.iter_rows() for place in row]
        assert "f" not in {place.data_type for place in cells}  # no formula
        said = "\n".join(str(place.value) for place in cells)
    elif ending == ".docx":
        (grid,) = Document(io.BytesIO(written)).tables
        assert [cell.text for cell in grid.rows[0].cells] == ["", "", "Số", "Số", "Số"]  # one, merged
        assert [cell.text for cell in grid.rows[1].cells] == ["TT", "Tên", "Một", "Hai", "Ba"]
        said = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(written)).paragraphs)
    else:
        said = written.decode()
    for words in (
        *("Biểu", "TIÊU ĐỀ", "Title", "Đơn vị báo cáo: =1+1", "Đơn vị nhận báo cáo", "Kỳ báo cáo"),
        *("Đơn vị tính: Số", "Bảng | một", "Ghi chú một", "1 = 1: đúng", "1 = 2: SAI / FAILS (dòng 1)"),
    ):
        assert words in said
