"""A scenario changes its rate, for its agency, from its day on; nothing else moves by a single draw."""

import json
from datetime import timedelta

import pytest

from sources.simulator import SCENARIOS, rows
from streams.memory import Memory
from tests.simulator.small import DAYS, FIRST, PLACE, SINCE, told

MOVED = {
    "online-rate-falls": ("online_dossier_rate", -0.3),
    "overdue-rises": ("on_time_rate", -0.1),
    "signing-low": ("document_signed_rate", -0.3),
    "payments-drop": ("online_payment_rate", -0.2),
}
START = (FIRST + timedelta(days=SINCE)).isoformat()


@pytest.fixture(scope="module")
def usual():
    return told()


def rates(finished, start):
    found = rows(finished.run.tally, start, DAYS, by_agency=True)
    return {(row["agency"], row["kpi"]): row["value"] for row in found}


@pytest.mark.parametrize("name", MOVED)
def test_the_intended_rate_moves(usual, name):
    kpi, by = MOVED[name]
    before, after = rates(usual, SINCE), rates(told(name), SINCE)
    change = after[PLACE, kpi] - before[PLACE, kpi]
    assert change < by


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "dead-letters"])
def test_nothing_else_moves(usual, name):
    """Other agencies say the same; so does this one before the day. (A dossier may move to or from it.)"""

    def others(finished):
        return [
            line
            for line in finished.lines
            if not (PLACE in line and json.loads(line)["subject"].startswith(f"{PLACE}-"))
        ]

    changed = told(name)
    assert others(changed) == others(usual)
    before = [line for line in changed.lines if json.loads(line)["time"] < START]
    assert before == [line for line in usual.lines if json.loads(line)["time"] < START]


def test_a_silent_source_says_nothing_more(usual):
    def of_the_place(finished):
        return [e for e in map(json.loads, finished.lines) if e["subject"].startswith(f"{PLACE}-")]

    heard = of_the_place(told("source-silent"))
    assert heard == [event for event in of_the_place(usual) if event["time"] < START]


def test_dead_letters_are_the_unreadable_ones(usual):
    finished, memory = told("dead-letters"), Memory()
    memory.fold(finished.lines)
    bad = finished.run.way_in.malformed
    assert len(memory.refused) == bad > 50
    assert len(finished.lines) == len(usual.lines) + bad
    assert rows(finished.run.tally) == rows(usual.run.tally)
