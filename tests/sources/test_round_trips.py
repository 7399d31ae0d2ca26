"""The simulator's province in each source format, through its adapter and the engine: out comes the truth.

Compared is everything that a format can carry (sources.simulator.formats), for the province, for each agency,
and month by month; exactly.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest

from schemas.catalogue import load
from schemas.selection import By
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period
from sources.adapter import Bound
from sources.adapters import ADAPTERS
from sources.converted import Converted
from sources.simulator import (
    SCENARIOS,
    Faults,
    Happening,
    Mistakes,
    Province,
    Run,
    Shares,
    Size,
    months,
    rows,
)
from sources.simulator.formats import FORMATS, SourceFormat
from sources.simulator.formats.writer import PEOPLE
from streams.memory import Memory
from tests.simulator.small import LATER, MANY
from tests.sources.samples import KEYS, NOW

FIRST, DAYS = date(2026, 1, 5), 50
END = FIRST + timedelta(days=DAYS)
SIZE = Size(FIRST, DAYS, agencies=8, procedures=20, dossiers=220)
NONE = Mistakes(corrected=0.0, voided=0.0)
SCRAMBLED = Faults(duplicates=0.05, disorder=0.1, outages=20)
AT_THE_END = ("dossiers_due_24h", "dossiers_waiting", "dossiers_unaccepted_overdue", "payment_used_rate")


@dataclass(frozen=True)
class Told:
    run: Run
    converted: Converted
    counts: FrameCounts


def bound_of(form: SourceFormat, **over) -> Bound:
    adapter = ADAPTERS[form.adapter]
    if form.mapping:
        values = tomllib.loads(form.mapping_text) | over
        return Bound(adapter, adapter.model.of(values, form.name), KEYS)
    return Bound(adapter, adapter.model.of(over, form.name, adapter.built_in), KEYS)


def converted(form: SourceFormat, run: Run, workbook: bool = False, **over) -> Converted:
    bound, writer, result = bound_of(form, **over), form.writer(workbook), Converted()
    for events in run.days():
        for payload in writer.heard(events):
            result.add(bound.adapt(payload, NOW))
    for payload in writer.finish():
        result.add(bound.adapt(payload, NOW))
    return result


@cache
def told(name: str, faults: Faults, workbook: bool = False) -> Told:
    form = FORMATS[name]
    run = Run(Province(3, SIZE), faults, MANY if form.settled else NONE)
    result = converted(form, run, workbook)
    assert result.refused == []
    return Told(run, result, counted(result))


def counted(*results: Converted) -> FrameCounts:
    memory = Memory()
    memory.fold([event for result in results for event in result.events])
    assert not memory.refused
    return FrameCounts(*memory.counts())


def figures(found, names):
    return {
        (row["kpi"], row["agency"]): (row["numerator"], row["denominator"])
        for row in found
        if row["kpi"] in names
    }


def ours(counts, period, names, by=None):
    found = (row.as_dict() for row in kpi_rows(load(), counts, period, LATER, by=by, names=sorted(names)))
    return figures(found, names)


@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.carries])
@pytest.mark.parametrize("faults", [Faults(), SCRAMBLED], ids=["clean", "scrambled"])
def test_what_comes_out_is_the_truth(name, faults):
    been, carries = told(name, faults), FORMATS[name].carries
    whole = Period(FIRST, END)
    truth = figures(rows(been.run.tally), carries)
    assert set(carries) == {kpi for kpi, _ in truth}
    assert sum(numbers[0] for numbers in truth.values()) > 20
    assert ours(been.counts, whole, carries) == truth
    by_agency = {
        key: found for key, found in ours(been.counts, whole, carries, By.AGENCY).items() if any(found)
    }
    assert by_agency == figures(rows(been.run.tally, by_agency=True), carries)
    for start, end in months(been.run.tally):
        dated = carries - set(AT_THE_END)
        part = Period(FIRST + timedelta(days=start), FIRST + timedelta(days=end))
        assert ours(been.counts, part, dated) == figures(rows(been.run.tally, start, end), dated)


def test_a_workbook_says_what_the_csv_says():
    assert told("one-stop-list", Faults(), workbook=True).converted.events == (
        told("one-stop-list", Faults()).converted.events
    )


def test_payments_beside_the_portal_make_the_rate_of_online_payment():
    """The sync's own flag is left out: it knows no refunds, and says 1 of cash, too."""
    synced, paid = (Run(Province(3, SIZE), wrong=NONE) for _ in range(2))
    results = (
        converted(FORMATS["portal-dossiers"], synced, leave_out=["paid_channel"]),
        converted(FORMATS["payments"], paid),
    )
    carries = FORMATS["portal-dossiers"].carries | FORMATS["payments"].carries | {"online_payment_rate"}
    assert ours(counted(*results), Period(FIRST, END), carries) == figures(rows(synced.tally), carries)


@pytest.mark.parametrize("faults", [Faults(), SCRAMBLED], ids=["clean", "scrambled"])
def test_the_axis_tells_every_document_that_was_sent(faults):
    """No KPI is made of these alone: signatures do not travel. Counted is what was issued, not recalled."""
    province = Province(3, SIZE, shares=Shares(sent=1.0))
    run = Run(province, faults, MANY)
    result = converted(FORMATS["edxml"], run)
    counts = counted(result)
    assert result.refused == []
    last = DAYS - 5  # what was issued on the last days is sent after the end
    for kpi in ("document_signed_rate", "signed_report_rate"):
        (mine,) = kpi_rows(load(), counts, Period(FIRST, FIRST + timedelta(days=last)), LATER, names=[kpi])
        (truth,) = [row for row in rows(run.tally, 0, last) if row["kpi"] == kpi]
        assert (mine.as_dict()["numerator"], mine.as_dict()["denominator"]) == (0, truth["denominator"])
        assert truth["denominator"] > 3


def test_nothing_about_people_is_in_what_comes_out():
    for name, form in FORMATS.items():
        events = str(told(name, Faults()).converted.events if form.carries else "")
        assert not any(person in events for person in PEOPLE.values())
        assert name == "edxml" or "H51.21-26" not in events


@pytest.mark.parametrize("name", FORMATS)
def test_records_that_nobody_can_read_stop_no_format(name):
    scenario = [Happening(SCENARIOS["dead-letters"], "H51.21")]
    run = Run(Province(3, Size(FIRST, 10, agencies=8, procedures=20, dossiers=60), scenario), wrong=NONE)
    assert converted(FORMATS[name], run).events
    assert run.way_in.malformed
