"""Biểu II.06 against a naive count over the oracle's states, column by column, level by level."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contract import TOPICS
from schemas.event import read as read_event
from schemas.instant import VIETNAM
from serving.frame_counts import FrameCounts
from serving.period import PeriodError
from serving.reports.handled import handled
from serving.reports.setting import called
from sources import nga_nam
from tests.naive import NOW, cubes, fold
from tests.oracle import counted as counts_for
from tests.oracle import micros
from tests.oracle_rules import day, known, late, overdue, pending
from tests.oracle_states import states
from tests.reports.places import CATALOGUE, counted, dossier, reference, setting
from tests.reports.simulated import simulated
from tests.simulator.small import PLACE


@pytest.fixture(scope="module")
def province():
    return simulated()


def midnight(day):
    return datetime.combine(day, time(), UTC) - timedelta(hours=7)


def naive(folded, level_of, start, end, moment):
    """The columns 3 to 13 by level and field; each dossier looked at by itself."""
    rows = {}
    for (entity, _), s in folded.items():
        if entity != "dossier" or not counts_for(entity, s, None, False):
            continue
        n = rows.setdefault(
            (level_of(s.get("agency") or ""), s.get("field") or "Không rõ lĩnh vực"), Counter()
        )
        received = known(s, "received_at") and start <= day(s, "received_at") < end
        ended = known(s, "ended_at") and start <= day(s, "ended_at") < end
        carried = pending(s, micros(midnight(start)))
        backwards = known(s, "ended_at") and known(s, "received_at") and s["ended_at"] < s["received_at"]
        n[3] += (received and not backwards) or carried
        n[4] += received and s.get("channel") == "online"
        n[5] += received and s.get("channel") != "online"
        n[6] += carried
        if ended and known(s, "received_at") and not backwards:
            given_back = s.get("outcome") in ("returned", "withdrawn")
            early = known(s, "due_at") and day(s, "ended_at") < day(s, "due_at")
            n[7] += 1
            n[9 if given_back else 10 if late(s) else 8 if early else 9] += 1
        waits, is_late = pending(s, micros(moment)), overdue(s, micros(moment))
        n[11] += waits
        n[12] += waits - is_late  # below 0 where something is due before it is received
        n[13] += is_late
    return {place: [n[column] for column in range(3, 14)] for place, n in rows.items() if any(n.values())}


def read(report):
    """The lines of fields, by level and field."""
    found, level = {}, ""
    for line in report.tables[0].lines:
        if line.strong:
            level = line.cells[1]
        else:
            found[level, line.cells[1]] = list(line.cells[2:])
    return found


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q1-admin", date(2025, 12, 15), date(2026, 3, 15)),
        ("2026-03-admin", date(2026, 2, 15), date(2026, 3, 15)),
    ],
)
def test_every_column_is_what_a_naive_count_gives(province, period, start, end):
    report = handled(province.setting(period))
    expected = naive(states(province.lines), province.levels.get, start, end, midnight(end))
    assert read(report) == expected
    assert report.holds
    totals = [sum(column) for column in zip(*expected.values(), strict=True)]
    carried = start > province.first
    assert all(total > 0 for column, total in enumerate(totals, 3) if column != 6 or carried)
    sums = {line.cells[1]: list(line.cells[2:]) for line in report.tables[0].lines if line.strong}
    assert list(sums) == ["Cấp tỉnh", "Cấp xã", "Tổng cộng"]
    for level, numbers in sums.items():
        ours = [n for (of, _), n in expected.items() if level in (of, "Tổng cộng")]
        assert numbers == [sum(column) for column in zip(*ours, strict=True)]


def test_a_running_period_counts_up_to_the_day(province):
    now = datetime(2026, 2, 18, 10, 30, tzinfo=VIETNAM)
    lines = [line for line in province.lines if datetime.fromisoformat(json.loads(line)["time"]) <= now]
    report = handled(province.setting("2026-Q1", now=now, lines=lines))
    assert report.period.endswith("đến ngày 31/03/2026 (số liệu đến hết ngày 18/02/2026)")
    assert read(report) == naive(states(lines), province.levels.get, date(2026, 1, 1), date(2026, 2, 19), now)
    assert report.holds


def test_an_agency_reports_what_is_its_own(province):
    folded = {key: s for key, s in states(province.lines).items() if s.get("agency") == PLACE}
    report = handled(province.setting("2026-Q1", agency=PLACE))
    end = date(2026, 4, 1)
    assert read(report) == naive(folded, province.levels.get, date(2026, 1, 1), end, midnight(end))
    assert report.reporter == province.known.tree.place(PLACE, date(2026, 3, 31)).name


def test_administrative_periods_say_what_they_are(province):
    report = handled(province.setting("2026-Q1-admin"))
    assert report.period == "Kỳ báo cáo quý I/2026, từ ngày 15/12/2025 đến ngày 14/03/2026"
    assert any("Nghị định 09/2019/NĐ-CP" in note for note in report.notes)


def only(*events):
    report = handled(setting("2022-07", held=counted(events)))
    return list(report.tables[0].lines[-1].cells[2:]), report


def test_what_was_returned_late_is_on_time():
    """Form, column 9. 3 = 4 + 5 + 6, 7 = 8 + 9 + 10, 11 = 12 + 13."""
    numbers, report = only(
        dossier(1, received_at="07-01", due_at="07-08", ended_at="07-15", outcome="returned"),
        dossier(2, received_at="07-01", due_at="07-08", ended_at="07-15", outcome="granted"),
        dossier(3, received_at="07-01", due_at="07-08", ended_at="07-04", outcome="withdrawn"),
        dossier(4, received_at="07-01", due_at="07-08", ended_at="07-04"),
        dossier(5, received_at="07-01", ended_at="07-04", outcome="denied"),
        dossier(6, received_at="06-20", due_at="07-08"),
        dossier(7, received_at="07-02", due_at="08-08", channel="online"),
    )
    assert numbers == [7, 1, 5, 1, 5, 1, 3, 1, 2, 1, 1]
    assert report.holds


def test_what_ended_before_it_was_received_breaks_the_form():
    numbers, report = only(
        dossier(1, received_at="07-10", ended_at="07-04"), dossier(2, received_at="07-10", due_at="08-01")
    )
    assert numbers == [1, 0, 2, 0, 0, 0, 0, 0, 1, 1, 0]
    assert not report.holds
    assert [check.rule for check in report.checks if not check.holds] == ["3 = 4 + 5 + 6"]
    assert "Tổng cộng: (3) 1, (4) 0, (5) 2, (6) 0" in report.checks[0].line


def test_what_the_tree_does_not_know_has_no_level():
    _, report = only(dossier(1, received_at="07-10", agency="H51.18.99", field=None))
    assert [line.cells[:3] for line in report.tables[0].lines] == [
        ("I", "Chưa xác định cấp", 1),
        ("1", "Không rõ lĩnh vực", 1),
        ("", "Tổng cộng", 1),
    ]


def test_a_period_that_has_not_begun_cannot_be_reported(province):
    with pytest.raises(PeriodError, match="begins on 01/07/2027"):
        province.setting("2027-Q3")


def test_names_of_periods():
    names = {"2022-Q4": "quý IV/2022", "2022-H1": "6 tháng đầu năm 2022", "2022-07": "tháng 07/2022"}
    names |= {"2022": "năm 2022", "2022-H2-admin": "6 tháng cuối năm 2022", "": ""}
    assert {name: called(name) for name in names} == names


DAYS = st.sampled_from(["06-14", "06-30", "07-01", "07-14", "07-15", "07-20", "07-31", "08-01", "08-09"])
FACTS = {
    **dict.fromkeys(("due_at", "ended_at"), DAYS),
    "outcome": st.sampled_from(["granted", "denied", "returned", "withdrawn"]),
    "channel": st.sampled_from(["online", "counter", "postal"]),
    "agency": st.sampled_from([*nga_nam.AGENCIES[:3], "H51.99"]),
    "field": st.sampled_from(["G15-TP01", "G15-TP02", None]),
    "voided": st.booleans(),
}
DOSSIERS = st.lists(
    st.fixed_dictionaries({"received_at": DAYS | st.none()}, optional=FACTS), min_size=3, max_size=15
)


@given(DOSSIERS, st.sampled_from(["2022-07", "2022-07-admin", "2022-08-admin", "2022-Q3"]))
@settings(max_examples=40)
def test_any_dossiers_are_counted_as_by_hand(found, period):
    """However wrong the data: each column is what it says, and the checks say whether they fit together."""
    stream = [dossier(number, **facts) for number, facts in enumerate(found)]
    records = [json.dumps(event).encode() for event in stream]
    cells = cubes(CATALOGUE, fold(read_event(record, NOW) for record in records), dict.fromkeys(TOPICS, 1))
    asked = setting(period, held=FrameCounts(*cells[:2], reference().tree), agency=None)
    start, end = asked.period.start, asked.period.end
    report = handled(asked)
    expected = naive(states(stream), asked.level, start, end, midnight(end))
    assert read(report) == expected
    holds = {check.rule: check.holds for check in report.checks}
    lines = [dict(enumerate(line.cells[2:], 3)) for line in report.tables[0].lines]
    assert holds["3 = 4 + 5 + 6"] == all(n[3] == n[4] + n[5] + n[6] for n in lines)
    assert holds["không số nào âm / nothing negative"] == all(min(n.values()) >= 0 for n in lines)
    assert all(n[3] == n[7] + n[11] for n in lines)
