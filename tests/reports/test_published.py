"""The reports of Ngã Năm for the third quarter of 2022 state what the town published (domain, section 1)."""

from pathlib import Path

import pytest

from serving.reports.handled import handled
from serving.reports.markdown import markdown
from serving.reports.quarterly import quarterly
from serving.reports.table import text
from tests.reports.places import setting


@pytest.fixture(scope="module")
def form():
    return handled(setting("2022-Q3"))


@pytest.fixture(scope="module")
def figures():
    return quarterly(setting("2022-Q3"))


def line(report, name, table=0):
    (found,) = [line for line in report.tables[table].lines if line.cells[1] == name]
    return found.cells


def test_form_of_the_town(form):
    """1,730 received; 1,553 handled of which 1,551 on time, 2 late; 177 pending, none overdue."""
    _, _, total, online, counter, before, ended, early, on_time, late, pending, within, overdue = line(
        form, "Cấp huyện"
    )
    assert (total, online + counter, before) == (1_730, 1_730, 0)
    assert (ended, early + on_time, late) == (1_553, 1_551, 2)
    assert (pending, within, overdue) == (177, 177, 0)


def test_form_of_the_communes(form):
    """15,780 received; 15,776 handled of which 15,775 on time, 1 late; 4 pending."""
    found = line(form, "Cấp xã")
    assert (found[2], found[6], found[7] + found[8], found[9]) == (15_780, 15_776, 15_775, 1)
    assert found[10:] == (4, 4, 0)


def test_the_form_fits_together(form):
    assert form.holds
    assert [check.rule for check in form.checks][:4] == [
        "3 = 4 + 5 + 6",
        "7 = 8 + 9 + 10",
        "11 = 12 + 13",
        "3 = 7 + 11",
    ]
    assert form.period == "Kỳ báo cáo quý III/2022, từ ngày 01/07/2022 đến ngày 30/09/2022"
    assert form.reporter == "Thị xã Ngã Năm"


def test_figures_per_unit(figures):
    assert [text(cell) for cell in line(figures, "Thị xã Ngã Năm")[2:9]] == [
        *("1.730", "1.553", "1.551", "99,87 %", "2", "177", "0")
    ]
    assert [text(cell) for cell in line(figures, "Cấp xã")[2:9]] == [
        *("15.780", "15.776", "15.775", "99,99 %", "1", "4", "0")
    ]
    assert line(figures, "Tổng cộng")[9:11] == (200, 200)
    assert figures.holds


def test_tasks_and_inspections(figures):
    assert {row[1]: row[2:] for row in figures.tables[1].rows} == {
        "Nhiệm vụ theo kế hoạch cải cách hành chính": ["25", "15", "60,00 %"],
        "Kiểm tra cải cách hành chính": ["8", "5", "62,50 %"],
    }


def test_the_example_in_the_documentation(form):
    page = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    example = page.partition("## Example")[2].splitlines()
    written = markdown(form).splitlines()
    for begins in ("|", "- "):
        shown = [line for line in example if line.startswith(begins)]
        assert shown == [line for line in written if line.startswith(begins) and "Cột (" not in line]
