"""II.07b, the quarterly figures and the month for the chairman, against naive counts."""

from collections import Counter
from datetime import date

import pytest

from schemas.reference.tables import Reference
from serving.reports.monthly import monthly
from serving.reports.procedures import procedures
from serving.reports.quarterly import quarterly
from serving.reports.table import text
from tests.oracle import kpi_rows
from tests.oracle_states import states
from tests.reports.places import CATALOGUE
from tests.reports.simulated import simulated
from tests.simulator.small import LATER

START, END = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def province():
    return simulated()


@pytest.fixture(scope="module")
def folded(province):
    return states(province.lines)


def named(province, code):
    return province.known.tree.place(code, END).name


class TestProcedures:
    def test_what_is_offered_and_what_is_listed(self, province, folded):
        report = procedures(province.setting("2026-02"))
        offered = {(s["agency"], s["procedure"]) for (entity, _), s in folded.items() if entity == "service"}
        listed = Counter(province.levels[row.code] for row in province.known.agencies)
        assert len(report.tables[0].lines) == sum(listed.values()) + 1
        handled_at = Counter(
            {"department": "Cấp tỉnh", "commune": "Cấp xã"}[p.handled_at] for p in province.known.procedures
        )
        for line in report.tables[0].lines[:-1]:
            (code,) = (a.code for a in province.known.agencies if a.name == line.cells[1])
            desk = sum(agency == code for agency, _ in offered)
            level = province.levels[code]
            assert line.cells[2:6] == by_level(level, handled_at[level])
            assert line.cells[6:10] == by_level(level, desk)
        at_level = Counter(level for level, _ in {(province.levels[a], p) for a, p in offered})
        both = (at_level["Cấp tỉnh"], 0, at_level["Cấp xã"])
        assert report.tables[0].lines[-1].cells[6:10] == (sum(both), *both)
        assert {text(cell) for line in report.tables[0].lines for cell in line.cells[10:]} == {"–"}
        assert sum(both) > 20
        assert report.holds

    def test_services_that_the_list_lacks_are_named(self, province):
        rows = {**province.known.rows, "procedures": province.known.procedures[1:]}
        report = procedures(province.setting("2026-02", known=Reference(rows)))
        assert not report.holds
        assert province.known.procedures[0].code in report.checks[0].line


def by_level(level, number):
    return (number, *(number if level == each else 0 for each in ("Cấp tỉnh", "Cấp huyện", "Cấp xã")))


def oracle(folded, agency):
    rows = kpi_rows(folded, START, END, LATER, agency, self_only=True)
    return {row["kpi"]: (row["numerator"], row["denominator"]) for row in rows}


def test_figures_per_unit_are_those_of_the_oracle(province, folded):
    report = quarterly(province.setting("2026-02"))
    agencies = [line for line in report.tables[0].lines if not line.strong]
    assert len(agencies) > 5
    for line in agencies:
        (code,) = (a.code for a in province.known.agencies if a.name == line.cells[1])
        found = oracle(folded, code)
        on_time, ended = found["on_time_rate"]
        assert line.cells[2] == found["online_dossier_rate"][1]
        assert line.cells[3:5] == (ended, on_time)
        assert line.cells[5] == (pytest.approx(on_time / ended) if ended else None)
        assert line.cells[6] == ended - on_time
        assert line.cells[7:9] == (found["dossiers_pending"][0], found["dossiers_overdue"][0])
        assert line.cells[9:11] == found["satisfaction_rate"][::-1]
        assert line.cells[11:13] == found["document_signed_rate"][::-1]
        assert line.cells[14:16] == found["feedback_on_time_rate"][::-1]
    assert report.holds


def test_the_month_beside_the_one_before(province, folded):
    report = monthly(province.setting("2026-02"))
    names = {figure.vi: figure.name for figure in CATALOGUE.figures}
    now, before = (
        {row["kpi"]: row["value"] for row in kpi_rows(folded, *days, LATER)}
        for days in ((START, END), (date(2026, 1, 1), START))
    )
    lines = report.tables[0].lines
    assert len(lines) > 20
    for line in lines:
        name = names[line.cells[1]]
        assert line.cells[2] == pytest.approx(now[name])
        assert line.cells[3] == (None if before[name] is None else pytest.approx(before[name]))
    (online,) = (line for line in lines if names[line.cells[1]] == "online_dossier_rate")
    reached = now["online_dossier_rate"] >= 0.5
    assert [text(cell) for cell in online.cells[4:]] == ["50,00 %", "Đạt" if reached else "Chưa đạt"]


def test_who_fell_behind_comes_first(province, folded):
    behind = monthly(province.setting("2026-02")).tables[1].lines
    sums = [line.cells[6] + line.cells[8] for line in behind]
    assert sums == sorted(sums, reverse=True)
    assert len(sums) > 3
    worst = max(province.levels, key=lambda code: late_and_overdue(folded, code))
    assert sums[0] == late_and_overdue(folded, worst)


def late_and_overdue(folded, code):
    found = oracle(folded, code)
    on_time, ended = found["on_time_rate"]
    return ended - on_time + found["dossiers_overdue"][0]
