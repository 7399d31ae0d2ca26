"""From the figures of runs to the documents."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import marks, report
from bench.contenders import CONTENDERS, PLAIN, RECOVERY, WRITES
from bench.measure import Figures
from bench.plot import Bar, bars
from bench.workload import Workload

EVENTS = 1_000
ALL = frozenset({WRITES, RECOVERY})
RESULTS = {
    ("ours", PLAIN): [Figures(2.0, 2.0, 0.1, 300.0)],
    ("ours", ALL): [Figures(seconds, 4.0, 0.1, 500.0) for seconds in (3.0, 5.0, 4.0)],
    ("ours_two", ALL): [Figures(2.5, 4.0, 0.1, 900.0)],
    ("msgspec_loop", PLAIN): [Figures(1.0, 1.0, 0.1, 100.0)],
    ("faust_per_event", ALL): [Figures(80.0, 80.0, 0.1, 200.0)],
}


def rows() -> list[report.Row]:
    return report.rows(CONTENDERS, RESULTS, {("quix_streams", PLAIN): "cannot be installed here"}, EVENTS)


def test_a_row_has_medians() -> None:
    ours = next(row for row in rows() if row.name == "ours" and row.written != "-")
    assert (ours.runs, ours.events_per_second, ours.cpu_us_per_event) == (3, 250.0, 4_000.0)


def test_marks_compare_like_with_like() -> None:
    reached = [mark.reached for mark in marks.marks(rows())]
    assert reached == [250.0, 20.0, 20.0, 0.5, 1.6]


def test_a_contender_without_figures_says_why() -> None:
    lines = report.table(rows()).splitlines()
    assert any("Quix" in line and "cannot be installed here" in line for line in lines)
    assert len({line.count("|") for line in lines}) == 1


def test_documents_are_written_between_their_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "DOCS", tmp_path)
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n")
    report.write(report.document(rows(), Workload(EVENTS), "a broker"), rows())
    text = page.read_text()
    assert text.startswith("before\n<!-- peers -->\n")
    assert text.endswith("<!-- /peers -->\nafter\n")
    assert "old" not in text
    assert "| 250 | 4,000.00 |" in text
    assert {file.name for file in tmp_path.iterdir()} == {
        "benchmarks.md",
        "benchmarks.json",
        "benchmarks.svg",
    }


def test_a_plot_is_a_picture_with_a_bar_each() -> None:
    drawn = [Bar("a < b", 10.0, True), Bar("c", 5_000.0, False)]
    picture = ElementTree.fromstring(bars("speed", drawn))  # noqa: S314 - our own
    assert len(picture.findall("{*}rect")) == 1 + len(drawn)
