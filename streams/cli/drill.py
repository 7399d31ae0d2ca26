"""`reform-pulse drill`: make alerts fire for real, and show what is told."""

import logging
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.options import CatalogueFile, UsageError, catalogue_of, fail, one_line_errors

if TYPE_CHECKING:
    import polars as pl

    from streams.cli.drilling.drills import Drill
    from streams.cli.drilling.stage import Stage

PATIENCE = 120.0
HALT_SECONDS = 8.0
Alerts = Annotated[
    list[str] | None, typer.Argument(metavar="ALERT...", help="Which alerts; without one they are listed.")
]
All = Annotated[bool, typer.Option("--all", help="All alerts, one after the other.")]
Hook = Annotated[
    list[str] | None, typer.Option("--webhook", metavar="URL", help="Send the notifications there, too.")
]


def drill(
    alerts: Alerts = None, *, every: All = False, webhook: Hook = None, catalogue: CatalogueFile = None
) -> None:
    """Make alerts fire: a simulated province where it goes wrong, a real worker, Prometheus and Alertmanager.

    Nothing of yours is touched: all runs on this machine, in a directory of its own. Needs Debian's packages
    prometheus and prometheus-alertmanager. Exit 1 when an alert was not told.
    """
    with one_line_errors():
        from streams.cli.drilling.drills import DRILLS
        from streams.cli.drilling.monitors import missing

        names = list(DRILLS) if every else [name for name in DRILLS if name in (alerts or ())]
        if unknown := sorted(set(alerts or ()) - set(DRILLS)):
            raise UsageError(f"there is no drill of {unknown[0]}; there are {', '.join(DRILLS)}")
        if not names:
            typer.echo("\n".join(DRILLS))
            return
        if absent := missing():
            raise UsageError(
                f"{', '.join(absent)} not found; Debian: apt install prometheus prometheus-alertmanager"
            )
        logging.basicConfig(level=logging.ERROR)
        definitions = catalogue_of(catalogue)
        from streams.cli.drilling.stage import StageError, stage

        with tempfile.TemporaryDirectory(prefix="reform-pulse-drill-") as folder:
            try:
                with stage(Path(folder), definitions, webhook or []) as running:
                    untold = _hold(running, {name: DRILLS[name] for name in names})
            except StageError as error:
                fail(str(error))
    if untold:
        fail(f"not told / không nhận được: {', '.join(untold)}")


def _hold(stage: "Stage", drills: "dict[str, Drill]") -> list[str]:
    """Hold the drills; returns those whose alert was not told, or not taken back when it was mended."""
    from schemas.instant import VIETNAM
    from streams.cli.drilling.past import AGENCIES, between, past

    places = dict(zip((n for n, d in drills.items() if d.scenario), AGENCIES, strict=False))
    now = datetime.now(VIETNAM).replace(tzinfo=None)
    events = past([(drills[n].scenario, place, drills[n].days) for n, place in places.items()], now)
    wanted = {name: _labels(each, places.get(name, "")) for name, each in drills.items()}
    before: dict[str, int] = {}
    withheld = {d.withheld: d.halt for d in drills.values() if d.withheld}
    begun, start = time.monotonic(), 24.0 * 365
    for halt in sorted({d.halt for d in drills.values()} | {0.0}, reverse=True):
        stage.clock.behind(halt * 3600)
        stage.feed(_without(between(events, now, start, halt), [s for s, h in withheld.items() if halt < h]))
        stage.dwell(HALT_SECONDS if halt else 0)
        start = halt
        for name, each in drills.items():
            if not halt or (each.passing and each.halt == halt):
                before.setdefault(name, len(stage.told.of(name, "firing", **wanted[name])))
    seconds = time.monotonic() - begun
    typer.echo(f"{events.height:,} events of a simulated province, counted and judged after {seconds:.0f} s")
    return [name for name, each in drills.items() if not _one(stage, name, each, wanted[name], before[name])]


def _without(events: "pl.DataFrame", sources: list[str]) -> "pl.DataFrame":
    import polars as pl

    for source in sources:
        events = events.filter(~pl.col("line").str.contains(f'"source":"{source}"', literal=True))
    return events


def _labels(each: "Drill", place: str) -> dict[str, str]:
    """The labels that the alert must have."""
    labels = {"agency": place if each.local else "", "kpi": each.kpi, "source": each.withheld}
    return {label: value for label, value in labels.items() if value}


def _one(stage: "Stage", name: str, each: "Drill", labels: dict[str, str], before: int) -> bool:
    """Act, wait for the notification and show it; mend, and wait for the one that takes it back.

    before: how many notifications had come when all events were counted: from then on they are about now.
    """
    if each.act:
        before = len(stage.told.of(name, "firing", **labels))
        each.act(stage)
    if not _told(stage, name, "firing", labels, before):
        return False
    if each.mend is None:
        return True
    before = len(stage.told.of(name, "resolved", **labels))
    each.mend(stage)
    return _told(stage, name, "resolved", labels, before)


def _told(stage: "Stage", name: str, status: str, labels: dict[str, str], before: int) -> bool:
    """Wait for one more notification than there were before, and show it."""
    from streams.cli.drilling.monitors import within

    if not within(PATIENCE, lambda: len(stage.told.of(name, status, **labels)) > before):
        return False
    _show(stage.told.of(name, status, **labels)[before][1])
    return True


def _show(alert: dict[str, Any]) -> None:
    labels, notes = alert["labels"], alert["annotations"]
    if alert["status"] == "resolved":
        typer.echo(f"{labels['alertname']}: đã hết / resolved")
        return
    typer.echo(f"\n{labels['alertname']} ({labels['severity']}): {notes['summary']}")
    typer.echo(f"{notes['description']}\n{notes['runbook_url']}")
