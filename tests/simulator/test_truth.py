"""What the simulator says it caused is what the oracle and the engine count."""

from datetime import timedelta

import pytest

from schemas.catalogue import load
from schemas.selection import By
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows as engine_rows
from serving.period import Period
from sources.simulator import all_rows, months, rows
from streams.memory import Memory
from tests.oracle import kpi_rows
from tests.oracle_states import states
from tests.simulator.small import DAYS, END, FIRST, LATER, SCRAMBLED, told

SCORE = "decision_766_score"
LIKE = {
    "clean": {},
    "scrambled": {"faults": SCRAMBLED},
    "overdue-rises": {"scenario": "overdue-rises"},
    "source-silent": {"scenario": "source-silent"},
}


@pytest.fixture(scope="module", params=LIKE, ids=str)
def finished(request):
    return told(**LIKE[request.param])


@pytest.fixture(scope="module")
def folded(finished):
    return states(finished.lines)


def figures(found):
    chosen = (row for row in found if not row["kpi"].startswith(SCORE))
    return {(row["kpi"], row["agency"]): (row["numerator"], row["denominator"]) for row in chosen}


def test_the_whole_run_as_the_oracle_counts_it(finished, folded):
    truth = figures(rows(finished.run.tally))
    expected = figures(kpi_rows(folded, FIRST, END, LATER))
    assert expected.items() <= truth.items()
    assert sum(numerator > 0 for numerator, _ in expected.values()) >= 20


def test_every_agency_as_the_oracle_counts_it(finished, folded):
    truth = figures(rows(finished.run.tally, by_agency=True))
    expected = figures(kpi_rows(folded, FIRST, END, LATER, by="agency"))
    known = {kpi for kpi, _ in expected}
    assert {key: value for key, value in truth.items() if key[0] in known} == expected


@pytest.mark.parametrize(("start", "end"), [(0, 27), (10, DAYS)])
def test_parts_of_the_run_as_the_oracle_counts_them(finished, folded, start, end):
    truth = figures(rows(finished.run.tally, start, end))
    first, last = FIRST + timedelta(days=start), FIRST + timedelta(days=end)
    expected = figures(kpi_rows(folded, first, last, LATER))
    shared = truth.keys() & expected.keys()
    assert {key: truth[key] for key in shared} == {key: expected[key] for key in shared}
    assert len(shared) >= 20


def test_the_engine_counts_it_too():
    finished, memory, catalogue = told(faults=SCRAMBLED), Memory(), load()
    memory.fold(finished.lines)
    assert not memory.refused
    counts, period = FrameCounts(*memory.counts()), Period(FIRST, END)
    for by in (None, By.AGENCY):
        found = [row.as_dict() for row in engine_rows(catalogue, counts, period, LATER, by=by)]
        known = {row["kpi"] for row in found}
        truth = [row for row in rows(finished.run.tally, by_agency=by is not None) if row["kpi"] in known]
        assert figures(truth) == figures(found)


def test_all_that_is_written(finished):
    found = all_rows(finished.run.tally)
    assert list(months(finished.run.tally)) == [(0, 27), (27, 55), (55, 86), (86, 100)]
    assert {(row["from"], row["to"]) for row in found if row["agency"]} == {("2026-01-05", "2026-04-15")}
    assert {row["from"] for row in found} == {"2026-01-05", "2026-02-01", "2026-03-01", "2026-04-01"}
    keys = [(row["kpi"], row["agency"], row["from"], row["to"]) for row in found]
    assert len(keys) == len(set(keys))
