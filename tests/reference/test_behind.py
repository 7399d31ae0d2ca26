"""As many stand behind a number as it says, whichever tree is meant: after moves, mergers, late events."""

import json
from datetime import date, datetime

import pytest

from schemas.instant import VIETNAM
from schemas.selection import Scope, Tree
from serving.answer import Asked
from serving.behind import behind
from serving.explanation import only_figure, question_of
from serving.span import named
from serving.which import Which
from sinks.clickhouse import behind as lists
from sinks.clickhouse import reference
from sinks.clickhouse.counts import ClickHouseCounts
from streams.domain import Domain
from streams.offline import Line, replay
from tests.reference.tables import AGENCIES, CATALOGUE, SUCCESSORS, good
from tests.stores import emptied

MOVES = "P2.M,Xã chuyển,commune,P1.D,,2025-07-01\nP2.M,Xã chuyển,commune,P2,2025-07-01,\n"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
CODES = ["P1", "P1.D", "P1.D.A", "P1.D.B", "P2.M", "P2.K", "P2.N", "P1.D.X", "P3.Y"]
NOW = datetime(2025, 7, 20, 10, 30, tzinfo=VIETNAM)


def told(agency, day):
    """What happens to a dossier that is due on the next day and, of some agencies, ended ten days later."""
    subject = f"{agency}-{day}"
    common = {"specversion": "1.0", "source": "/test", "subject": subject, "partitionkey": subject}
    data = {"agency": agency, "procedure": "1.004946", "channel": "online"}
    due = date.fromordinal(day.toordinal() + 1)
    yield common | {
        "id": f"{agency}-{day}-1",
        "type": "vn.reform.dossier.received.v1",
        "time": f"{day}T23:30:00+07:00",
        "data": data | {"due_at": f"{due}T08:00:00+07:00"},
    }
    if agency in ("P2.M", "P1.D.A"):
        ended = date.fromordinal(day.toordinal() + 10)
        yield common | {
            "id": f"{agency}-{day}-2",
            "type": "vn.reform.dossier.ended.v1",
            "time": f"{ended}T00:00:00+07:00",
            "data": {"outcome": "granted"},
        }


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    store = emptied()
    folder = tmp_path_factory.mktemp("tree")
    reference.load(store.client, good(folder, agencies=AGENCIES + MOVES, successors=SUCCESSORS))
    events = [event for code in CODES for day in (BEFORE, AFTER) for event in told(code, day)]
    lines = (Line("test", number, json.dumps(event).encode()) for number, event in enumerate(events, 1))
    refused = []
    replay(lines, store, Domain(CATALOGUE), refused.append, lambda _: None)
    assert refused == []
    return store.client


def asked(figure, period, *scope):
    return Asked(named(period), NOW, Scope(*scope), None, (figure,))


def listed(client, question, which):
    wanted = behind(CATALOGUE, only_figure(CATALOGUE, question), question_of(question), which)
    return lists.entities(client, wanted.entity, wanted.counted, wanted.without)


@pytest.mark.parametrize(
    ("scope", "june", "july", "overdue"),
    [
        (("P1.D", False, Tree.THEN), 5, 4, 6),  # P2.M lay below it in June
        (("P2", False, Tree.THEN), 2, 3, 4),
        (("P2", False, Tree.NOW), 7, 7, 10),  # all of P1, but for what the tree does not know
        (("P2.N", True, Tree.NOW), 3, 3, 4),  # goes on with P1.D and P1.D.A
        (("P1.D", False, Tree.NOW), 1, 1, 2),  # has ended: P1.D.X alone goes by its code
    ],
    ids=str,
)
def test_a_number_is_that_of_those_listed(client, scope, june, july, overdue):
    numbers = {
        ("in_time_rate", "2025-06"): (june, june),
        ("in_time_rate", "2025-07"): (0, july),
        ("dossiers_overdue", "2025-07"): (overdue, None),
    }
    for (figure, period), expected in numbers.items():
        question = asked(figure, period, *scope)
        (row,) = question.rows(CATALOGUE, ClickHouseCounts(client))
        assert (row.numerator, row.denominator) == expected
        assert len(listed(client, question, Which.NUMERATOR)) == row.numerator, period
        if row.denominator is not None:
            missing = listed(client, question, Which.MISSING)
            assert len(missing) == row.denominator - row.numerator, period


def test_they_are_listed_under_the_agency_that_they_state(client):
    question = asked("online_dossier_rate", "2025-06", "P2.N", False, Tree.NOW)
    assert {row["agency"] for row in listed(client, question, Which.NUMERATOR)} == {"P1.D", "P1.D.A", "P2.N"}
