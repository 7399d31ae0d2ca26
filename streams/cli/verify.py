"""`reform-pulse verify`: recount everything from the original events and compare (design, invariant 9)."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    StoreDirectory,
    UsageError,
    catalogue_of,
    one_line_errors,
    reading,
)

if TYPE_CHECKING:
    from sinks.clickhouse.comparison import Difference
    from sinks.clickhouse.verify import Verdict

CHECK_FAILED = 1
LIMIT = 20
PATIENCE = 3600.0


class VerdictForm(StrEnum):
    """How the verdict is written."""

    TEXT = "text"
    JSON = "json"


VerdictFormat = Annotated[VerdictForm, typer.Option("--format", help="How the verdict is written.")]
MetricsFile = Annotated[
    Path | None,
    typer.Option(
        "--metrics",
        metavar="FILE",
        help="Also write when this ended and what differs, for a Prometheus textfile collector (*.prom).",
    ),
]


def verify(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    format: VerdictFormat = VerdictForm.TEXT,
    metrics: MetricsFile = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Recount states and counts from the original events, by SQL, and compare. Exit 1 on any difference.

    Nothing may write to the store meanwhile. A million events take some 15 seconds of one core
    and 1 GB of memory.
    """
    with one_line_errors():
        from sinks.clickhouse import verify as recounting
        from sinks.clickhouse.counts import counted_otherwise
        from streams.verdict import write_verdict

        definitions = catalogue_of(catalogue)
        with reading(store, clickhouse, PATIENCE) as client:
            if topics := counted_otherwise(client, definitions):
                raise UsageError(f"{', '.join(topics)} was counted with other measures; name its --catalogue")
            verdict = recounting.verify(client, definitions, limit=LIMIT, progress=_tell)
        if metrics:
            write_verdict(metrics, verdict.different)
    as_json = format is VerdictForm.JSON
    typer.echo(json.dumps(_document(verdict), ensure_ascii=False) if as_json else _text(verdict))
    if verdict.different:
        raise typer.Exit(CHECK_FAILED)


def _tell(step: str) -> None:
    typer.echo(step, err=True)


def _document(verdict: "Verdict") -> dict[str, Any]:
    return {
        "events": verdict.events,
        "tables": [
            {"table": t.table, "entries": t.entries, "different": t.different} for t in verdict.tables
        ],
        "different": verdict.different,
        "differences": [difference.as_dict() for difference in verdict.differences[:LIMIT]],
    }


def _text(verdict: "Verdict") -> str:
    events = ", ".join(f"{count:,} {entity}" for entity, count in verdict.events.items()) or "none"
    lines = [f"events recounted: {events}"]
    lines += [f"{t.table}: {t.entries:,} compared, {t.different:,} differ" for t in verdict.tables]
    lines += [_line(difference) for difference in verdict.differences[:LIMIT]]
    if verdict.different:
        shown = min(LIMIT, len(verdict.differences))
        return "\n".join([*lines, f"{verdict.different:,} differ in all ({shown} differences shown)"])
    return "\n".join([*lines, "stored and recounted agree"])


def _line(difference: "Difference") -> str:
    place = " ".join(f"{name}={value}" for name, value in difference.place.items() if value)
    stored, recounted = (
        "not there" if side is None else side for side in (difference.stored, difference.recounted)
    )
    return f"  {difference.table} {place}: stored {stored}, recounted {recounted}"
