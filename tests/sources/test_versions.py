"""What a source says later beats what it said before, in whatever order it comes, and however often."""

import itertools
import json
from datetime import UTC, datetime

import pytest

from schemas.catalogue import load
from schemas.instant import to_microseconds
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import calendar
from sources.adapters import bind_file
from streams.memory import Memory
from tests.sources.samples import KEYS, SAMPLES, bound_of

FIRST, SECOND, THIRD = (to_microseconds(datetime(2026, 1, 20, hour, tzinfo=UTC)) for hour in (1, 2, 3))
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def record(**fields):
    file = SAMPLES / "portal-dossiers" / "national.json"
    return json.loads(file.read_text(encoding="utf-8"))["data"][0] | fields


OPEN = {"NgayTra": "", "NgayKetThucXuLy": "", "TrangThaiHoSo": "4", "DanhSachGiayToKetQua": []}


def figures(events):
    memory = Memory()
    memory.fold(events)
    assert not memory.refused
    counts = FrameCounts(*memory.counts())
    names = ["on_time_rate", "returned_rate", "digitised_result_rate", "supplement_rate", "dossiers_pending"]
    rows = kpi_rows(load(), counts, calendar("2026-01"), LATER, names=names)
    return {row.kpi: (row.numerator, row.denominator) for row in rows}


def everyway(bound, records, arrivals):
    """The figures of every order of arrival, each record sent twice; they must all be the same."""
    events = [
        event
        for each, at in zip(records, arrivals, strict=True)
        for event in bound.adapt(json.dumps([each]).encode(), to_microseconds(LATER), at).events
    ]
    orders = list(itertools.permutations(events))
    found = [figures([*order, *order]) for order in orders[:: 1 + len(orders) // 8]]
    assert all(each == found[0] for each in found)
    return found[0]


def test_snapshots_of_a_dossier_in_any_order_are_its_last_one():
    asked = {"NgayBoSung": "20260112140000", "NgayTiepNhanBoSung": "", "NgayHenTraTruoc": "20260115170000"}
    back = asked | {"NgayTiepNhanBoSung": "20260113080000"}
    records = [
        record(**OPEN),
        record(**OPEN | {"TrangThaiHoSo": "5"}, DanhSachHoSoBoSung=[asked]),
        record(**OPEN, DanhSachHoSoBoSung=[back]),
        record(DanhSachHoSoBoSung=[back]),
    ]
    bound = bound_of(SAMPLES / "portal-dossiers" / "national.json")
    assert everyway(bound, records, [None] * 4) == {
        "on_time_rate": (1, 1),
        "returned_rate": (0, 1),
        "digitised_result_rate": (1, 1),
        "supplement_rate": (1, 1),
        "dossiers_pending": (0, None),
    }


@pytest.mark.parametrize(("version", "ended"), [("arrival", 0), ("milestone", 1)])
def test_only_by_arrival_can_a_date_be_taken_back(tmp_path, version, ended):
    own = tmp_path / "own.toml"
    own.write_text(f'adapter = "portal-dossiers"\nsource = "/h51/own"\nversion = "{version}"\n')
    bound = bind_file(own, KEYS)
    found = everyway(bound, [record(), record(**OPEN)], [FIRST, SECOND])
    assert found["on_time_rate"][1] == ended
    assert found["dossiers_pending"][0] == 1 - ended


def test_what_another_source_knows_better_is_left_out(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'adapter = "portal-dossiers"\nsource = "/h51/own"\nleave_out = ["paid_channel", "due_at"]\n'
    )
    (event,) = bind_file(own, KEYS).adapt(json.dumps(record()).encode(), THIRD).events
    assert event["source"] == "/h51/own"
    assert not {"paid_channel", "due_at"} & event["data"].keys()


def test_payments_go_from_pending_to_settled_to_refunded_in_any_order():
    file = SAMPLES / "payments" / "transactions.json"
    bound = bound_of(file)
    news = json.loads(file.read_text(encoding="utf-8"))[:3]
    names = ["fees_paid", "fees_paid_online"]

    def paid(chosen):
        memory = Memory()
        events = [e for each in chosen for e in bound.adapt(json.dumps(each).encode(), THIRD).events]
        memory.fold([*events, *events])
        rows = kpi_rows(load(), FrameCounts(*memory.counts()), calendar("2026-01"), LATER, names=names)
        return [row.numerator for row in rows]

    pending, settled, refunded = news
    for order in itertools.permutations(news):
        assert paid(order) == [0, 0]
    for order in itertools.permutations([pending, settled]):
        assert paid(order) == [8000, 8000]
    assert paid([pending]) == [0, 0]
    assert paid([refunded, settled]) == [0, 0]
