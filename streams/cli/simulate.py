"""`reform-pulse simulate`: events of a reproducible province, and the KPI values they amount to."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import UsageError, fail, one_line_errors

if TYPE_CHECKING:
    import polars as pl

    from sources.simulator import Happening, Run, Size
    from sources.simulator.formats import SourceFormat
    from sources.simulator.outlet import Outlet

STDOUT = "-"

Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same events.")]
Agencies = Annotated[int, typer.Option("--agencies", metavar="N", help="Agencies, the province included.")]
Procedures = Annotated[int, typer.Option("--procedures", metavar="N", help="Procedures of the province.")]
Dossiers = Annotated[int, typer.Option("--dossiers", metavar="N", help="Dossiers in the whole run.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="First day; default: 2025-07-01, in real time today."),
]
DayCount = Annotated[int | None, typer.Option("--days", min=1, help="How many days; default: a year.")]
YearCount = Annotated[int | None, typer.Option("--years", min=1, help="How many years.")]
Output = Annotated[str, typer.Option("--output", metavar="FILE|-", help="Where NDJSON goes; - is stdout.")]
KafkaOut = Annotated[
    str | None, typer.Option("--kafka", metavar="HOST:PORT", help="Send to Kafka instead of writing NDJSON.")
]
Rate = Annotated[
    float | None,
    typer.Option("--rate", min=0.001, metavar="EVENTS/S", help="At most so many events a second."),
]
RealTime = Annotated[
    bool, typer.Option("--real-time", help="What is past at once, then each event at its time of the day.")
]
Duplicates = Annotated[float, typer.Option("--duplicates", min=0, max=1, help="Share of events sent twice.")]
Disorder = Annotated[
    float, typer.Option("--disorder", min=0, max=1, help="Share of events that come up to 14 days late.")
]
Corrections = Annotated[
    float | None,
    typer.Option("--corrections", min=0, max=1, help="Share of dossiers that are corrected; default 0.01."),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help="Write what source systems would send: portal-dossiers, portal-progress, payments, edxml, "
        "one-stop-list, documents-list (CSV, or XLSX by the file's name) or debezium.",
    ),
]
Outages = Annotated[float, typer.Option("--outages", min=0, help="Outages of the one-stop system in a year.")]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        help="What goes wrong: online-rate-falls, overdue-rises, source-silent, signing-low, payments-drop, "
        "supplements-repeated, returned-rises, no-apologies, nobody-answers or dead-letters.",
    ),
]
ScenarioAgency = Annotated[str | None, typer.Option("--scenario-agency", metavar="CODE", help="Where.")]
ScenarioFrom = Annotated[
    str | None, typer.Option("--scenario-from", metavar="DATE", help="From when; default: the first day.")
]
Truth = Annotated[
    Path | None,
    typer.Option("--truth", metavar="FILE", help="KPI rows that must come out; default: OUTPUT.truth.json."),
]
ReferenceFolder = Annotated[
    Path | None,
    typer.Option("--reference", metavar="DIR", help="Write agencies.csv and procedures.csv there."),
]


def simulate(
    *,
    seed: Seed = 1,
    agencies: Agencies = 150,
    procedures: Procedures = 2_000,
    dossiers: Dossiers = 20_000,
    first: From = None,
    days: DayCount = None,
    years: YearCount = None,
    output: Output = STDOUT,
    as_: As = None,
    kafka: KafkaOut = None,
    rate: Rate = None,
    real_time: RealTime = False,
    duplicates: Duplicates = 0.0,
    disorder: Disorder = 0.0,
    corrections: Corrections = None,
    outages: Outages = 0.0,
    scenario: ScenarioName = None,
    scenario_agency: ScenarioAgency = None,
    scenario_from: ScenarioFrom = None,
    truth: Truth = None,
    reference: ReferenceFolder = None,
) -> None:
    """A reproducible province: events of contract v1, with the KPI values they must amount to.

    As fast as it can, at a --rate, or in --real-time. No clock is read but in real time. With --as the same
    province in the format of a source system, and the KPI values that this format can carry.
    """
    with one_line_errors():
        from sources.producer import SendError
        from sources.simulator import Faults, Province, Run, Size
        from sources.simulator.reference import write_reference
        from streams.cli.simulate_as import format_of, mistakes_of, raw_outlet

        if real_time and rate:
            raise UsageError("--real-time sets the pace; leave out --rate")
        day = _first(first, real_time)
        try:
            size = Size(day, _length(day, days, years), agencies, procedures, dossiers)
            happenings = _happenings(size, scenario, scenario_agency, scenario_from)
            province = Province(seed, size, happenings)
        except ValueError as error:
            raise UsageError(str(error)) from None
        chosen = format_of(as_)
        run = Run(province, Faults(duplicates, disorder, outages), mistakes_of(corrections, chosen))
        if reference:
            write_reference(province, reference)
        try:
            with raw_outlet(chosen, output, kafka) if chosen else _outlet(output, kafka) as outlet:
                _pour(run, outlet, rate, real_time)
        except SendError as error:
            fail(str(error))
        if truth is None and kafka is None and output != STDOUT:
            truth = Path(f"{output}.truth.json")
        _report(run, truth, chosen)


def _first(text: str | None, real_time: bool) -> date:
    if text is None:
        return _now().date() if real_time else date(2025, 7, 1)
    return _date("--from", text)


def _date(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} `{text}` is no date; write 2025-07-01") from None


def _now() -> datetime:
    """Vietnam's wall clock, without a zone."""
    from schemas.instant import VIETNAM

    return datetime.now(VIETNAM).replace(tzinfo=None)


def _length(first: date, days: int | None, years: int | None) -> int:
    if days and years:
        raise UsageError("say --days or --years, not both")
    return days or (date(first.year + (years or 1), first.month, min(first.day, 28)) - first).days


def _happenings(size: "Size", name: str | None, agency: str | None, start: str | None) -> "list[Happening]":
    from sources.simulator import SCENARIOS, Happening

    if name is None:
        return []
    if name not in SCENARIOS:
        raise UsageError(f"there is no scenario {name}; there are {', '.join(SCENARIOS)}")
    if agency is None:
        raise UsageError("--scenario needs --scenario-agency")
    day = (_date("--scenario-from", start) - size.first).days if start else 0
    if not 0 <= day < size.days:
        raise UsageError(f"--scenario-from {start} is not within the run")
    return [Happening(SCENARIOS[name], agency, day)]


@contextmanager
def _outlet(output: str, kafka: str | None) -> "Iterator[Outlet]":
    from schemas.contract import TOPICS
    from sources.simulator.outlet import Lines, Records
    from streams.cli.simulate_as import producer_of

    if kafka is not None:
        with producer_of(kafka, TOPICS) as producer:
            yield Records(producer)
    elif output == STDOUT:
        yield Lines(sys.stdout.buffer)
    else:
        with Path(output).open("wb") as stream:
            yield Lines(stream)


def _pour(run: "Run", outlet: "Outlet", rate: float | None, real_time: bool) -> None:
    from sources.simulator.pace import at_rate, in_step
    from streams.cli.progress import progress

    with progress("simulate", run.province.size.days, "days") as advance:

        def days() -> "Iterable[pl.DataFrame]":
            for number, events in enumerate(run.days()):
                yield events
                advance(number < run.province.size.days)

        events = days()
        if rate:
            events = at_rate(events, rate, time.monotonic, time.sleep)
        elif real_time:
            events = in_step(events, _now, time.sleep)
        for batch in events:
            outlet.take(batch)


def _report(run: "Run", truth: Path | None, chosen: "SourceFormat | None") -> None:
    from sources.simulator import all_rows

    way, told = run.way_in, run.told
    for name, number in sorted(told.items()):
        if number:
            typer.echo(f"{number:>12,}  {name}", err=True)
    sent = told.total() + way.duplicates + way.malformed
    extra = (
        f"{way.duplicates:,} copies and {way.malformed:,} unreadable ones among them, {way.delayed:,} late"
    )
    typer.echo(f"{sent:>12,}  events sent; {extra}", err=True)
    if truth is None:
        typer.echo("the KPI values they amount to: say --truth FILE", err=True)
        return
    found = all_rows(run.tally)
    if chosen:
        found = [row for row in found if row["kpi"] in chosen.carries]
    truth.write_text("[\n" + ",\n".join(json.dumps(row) for row in found) + "\n]\n", encoding="utf-8")
    typer.echo(f"the KPI values they amount to: {truth} ({len(found):,} rows)", err=True)
