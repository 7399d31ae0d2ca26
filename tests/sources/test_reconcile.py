"""Monthly totals of agencies against the counts: what is right agrees, and each difference is named."""

import json
from datetime import date, timedelta

import pytest

from schemas.catalogue import load
from serving.frame_counts import FrameCounts
from sources.adapters import bind
from sources.portal.reconcile import Compared, Verdict, reconcile
from sources.portal.totals import Total
from sources.pseudonym import Pseudonyms
from sources.simulator import Province, Run, Size, months, rows
from streams.cli.reconcile import counted
from streams.memory import Memory
from tests import program

JANUARY = date(2026, 1, 1)
KEYS = {"REFORM_PULSE_PSEUDONYM_KEYS": "a=a-key-for-samples-and-tests-alone-01"}
WORDS = {
    "SoNhanTrongKy": "received",
    "SoTonKyTruoc": "carried_over",
    "TongSoXuLy": "in_all",
    "TongDaXuLy": "ended",
    "TongXuLyDungHan": "ended_on_time",
    "TongXuLyTreHan": "ended_late",
    "TongChuaXuLy": "pending",
    "TongChuaXuLyTrongHan": "pending_in_time",
    "TongChuaXuLyTreHan": "pending_late",
}


def test_every_verdict():
    totals = [Total("A", JANUARY, {"received": 5, "ended": 4}), Total("B", JANUARY, {"received": 1})]
    counted = {("A", JANUARY): {"received": 5, "ended": 3}, ("C", JANUARY): {"received": 2}}
    assert list(reconcile(totals, counted)) == [
        Compared("A", JANUARY, "received", 5, 5),
        Compared("A", JANUARY, "ended", 4, 3),
        Compared("B", JANUARY, "received", 1, 0),
        Compared("C", JANUARY, "received", None, 2),
    ]
    assert [row.verdict for row in reconcile(totals, counted)] == [
        Verdict.MATCHED,
        Verdict.MISSING,
        Verdict.MISSING,
        Verdict.UNREPORTED,
    ]
    assert Compared("A", JANUARY, "ended", 1, 3).verdict is Verdict.SURPLUS


def test_the_last_total_of_a_month_counts():
    totals = [Total("A", JANUARY, {"received": n}) for n in (1, 2)]
    assert [row.theirs for row in reconcile(totals, {})] == [2]


def test_the_truth_of_the_simulator_as_totals_is_what_the_engine_counts():
    run = Run(Province(3, Size(JANUARY, 59, agencies=6, procedures=20, dossiers=200)))
    memory = Memory()
    memory.fold([line for events in run.days() for line in events["line"]])
    call = {"service": "DongBoThongKeHoSo", "data": list(monthly_totals(run.tally))}
    converted = bind("portal-totals", Pseudonyms.parse("a=" + "k" * 32)).adapt(json.dumps(call).encode(), 0)
    assert converted.refused == []
    assert +converted.noticed == {}
    months_ = sorted({total.month for total in converted.totals})
    ours = counted(load(), FrameCounts(*memory.counts()), months_)
    compared = list(reconcile(converted.totals, ours))
    assert {row.verdict for row in compared} == {Verdict.MATCHED}
    assert len(compared) > 80
    assert sum(row.ours for row in compared if row.count == "received") > 150


def monthly_totals(tally):
    """What agencies would report, of the simulator's own counts."""
    carried: dict[str, int] = {}
    for start, end in months(tally):
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for row in rows(tally, start, end, by_agency=True):
            found.setdefault(row["agency"], {})[row["kpi"]] = (row["numerator"], row["denominator"])
        month = tally.first + timedelta(days=start)
        for agency, figures in found.items():
            received = figures.get("online_dossier_rate", (0, 0))[1]
            in_time, ended = figures.get("on_time_rate", (0, 0))
            pending, late = (
                figures.get(name, (0, 0))[0] for name in ("dossiers_pending", "dossiers_overdue")
            )
            before, carried[agency] = carried.get(agency, 0), pending
            numbers = (received, before, received + before, ended, in_time, ended - in_time)
            values = (*numbers, pending, pending - late, late)
            named = {"Madonvi": agency, "Thang": str(month.month), "Nam": str(month.year)}
            yield named | {name: str(value) for name, value in zip(WORDS, values, strict=True)}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reconcile")
    events = folder / "events.ndjson"
    small = (
        "--agencies",
        "5",
        "--procedures",
        "20",
        "--dossiers",
        "150",
        "--days",
        "59",
        "--from",
        "2026-01-01",
    )
    assert program.run("simulate", *small, "--output", events).returncode == 0
    assert program.run("replay", events, "--store", folder / "store").returncode == 0
    return folder


def told(store, totals, *options):
    file = store / "totals.json"
    file.write_text(json.dumps({"service": "DongBoThongKeHoSo", "madonvi": "H51", "data": totals}))
    words = ("reconcile", file, "--store", store / "store", "--format", "json", *options)
    done = program.run(*words, env=KEYS)
    return done.returncode, json.loads(done.stdout)


def test_what_was_counted_agrees_and_one_dossier_less_is_missing(store):
    """The right totals are the command's own answer to wrong ones, and hold together as the form does."""
    wrong = [{"Thang": "2", "Nam": "2026", "Madonvi": "000.00.22.H51", **dict.fromkeys(WORDS, "0")}]
    code, rows = told(store, wrong, "--all")
    mine = {row["count"]: row["ours"] for row in rows if row["agency"] == "H51.22"}
    assert code == 1
    assert mine["received"] > 5
    assert mine["carried_over"] > 0
    assert mine["in_all"] == mine["received"] + mine["carried_over"] == mine["ended"] + mine["pending"]
    assert mine["ended"] == mine["ended_on_time"] + mine["ended_late"]
    unreported = [row["agency"] for row in rows if row["verdict"] == "unreported"]
    assert "H51.21" in unreported

    right = [{**wrong[0], **{name: str(mine[word]) for name, word in WORDS.items()}}]
    rows = told(store, right)[1]
    assert [row for row in rows if row["agency"] == "H51.22"] == []
    rows = told(store, [{**right[0], "SoNhanTrongKy": str(mine["received"] + 1)}])[1]
    assert [(r["count"], r["difference"], r["verdict"]) for r in rows if r["agency"] == "H51.22"] == [
        ("received", -1, "missing")
    ]
