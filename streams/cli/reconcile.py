"""`reform-pulse reconcile`: what agencies report for a month against what was counted."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Format,
    Now,
    StoreDirectory,
    UsageError,
    catalogue_of,
    moment_of,
    one_line_errors,
    reading,
)

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue
    from schemas.selection import Counts
    from sources.portal.reconcile import Compared

CHECK_FAILED = 1
KPIS = ("online_dossier_rate", "on_time_rate", "dossiers_pending", "dossiers_overdue")
"""Whose sides are the counts that agencies report."""

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Calls of DongBoThongKeHoSo, JSON.")]
Configuration = Annotated[
    Path | None, typer.Option("--configuration", "-c", metavar="FILE", help="Codes of agencies, TOML.")
]
RowFormat = Annotated[Format, typer.Option("--format", help="How the rows are written.")]
Everything = Annotated[bool, typer.Option("--all", help="Show what agrees, too.")]


def reconcile(
    files: Files,
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    configuration: Configuration = None,
    format: RowFormat = Format.TABLE,
    all_: Everything = False,
    catalogue: CatalogueFile = None,
    now: Now = None,
) -> None:
    """Hold the monthly totals of agencies against the counts: matched, missing here, surplus here.

    Exit 1 if anything differs, or if a total cannot be read.
    """
    with one_line_errors():
        from schemas.instant import to_microseconds
        from sinks.clickhouse.counts import ClickHouseCounts
        from sources.portal.reconcile import Verdict
        from sources.portal.reconcile import reconcile as compare
        from streams.cli.convert import bound_of, new_result, read_file
        from streams.cli.convert_report import show_result

        moment, result = moment_of(now), new_result()
        bound = bound_of("portal-totals", configuration)
        if bound.adapter.gives != "totals":
            raise UsageError(f"{configuration} configures {bound.adapter.name}, which gives no totals")
        for file in files:
            for payload in bound.adapter.split(read_file(file)):
                result.add(bound.adapt(payload, to_microseconds(moment)))
        show_result(result, 20)
        with reading(store, clickhouse) as client:
            months = sorted({total.month for total in result.totals})
            ours = counted(catalogue_of(catalogue), ClickHouseCounts(client), months)
        compared = list(compare(result.totals, ours))
        different = [row for row in compared if row.verdict is not Verdict.MATCHED]
        _show(compared if all_ else different, format)
        numbers = Counter(row.verdict for row in compared)
        said = ", ".join(f"{numbers[each]:,} {each.vi}/{each}" for each in Verdict)
        typer.echo(said, err=format is not Format.TABLE)
    if different or result.refused:
        raise typer.Exit(CHECK_FAILED)


def counted(
    catalogue: "Catalogue", counts: "Counts", months: Iterable[date]
) -> dict[tuple[str, date], dict[str, int]]:
    """Our counts of these months, by agency, in the words of the totals."""
    found: dict[tuple[str, date], dict[str, int]] = {}
    for month in months:
        end = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        before = _figures(catalogue, counts, month - timedelta(days=1), month)
        for agency, figures in _figures(catalogue, counts, month, end).items():
            found[agency, month] = _words(figures, before.get(agency, {}))
    return found


def _figures(
    catalogue: "Catalogue", counts: "Counts", start: date, end: date
) -> dict[str, dict[str, tuple[int, int]]]:
    """Numerators and denominators by agency and KPI; stocks as of the end."""
    from schemas.instant import midnight
    from schemas.selection import By
    from serving.kpis import kpi_rows
    from serving.period import Period

    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in kpi_rows(catalogue, counts, Period(start, end), midnight(end), by=By.AGENCY, names=KPIS):
        if row.key:
            found.setdefault(row.key, {})[row.kpi] = (int(row.numerator), int(row.denominator or 0))
    return found


def _words(now: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]) -> dict[str, int]:
    nothing = (0, 0)
    received = now.get("online_dossier_rate", nothing)[1]
    in_time, ended = now.get("on_time_rate", nothing)
    pending, overdue = (now.get(name, nothing)[0] for name in ("dossiers_pending", "dossiers_overdue"))
    carried = before.get("dossiers_pending", nothing)[0]
    return {
        "received": received,
        "carried_over": carried,
        "in_all": received + carried,
        "ended": ended,
        "ended_on_time": in_time,
        "ended_late": ended - in_time,
        "pending": pending,
        "pending_in_time": pending - overdue,
        "pending_late": overdue,
    }


def _rows(compared: "Iterable[Compared]") -> Iterator[dict[str, Any]]:
    for row in compared:
        yield {
            "agency": row.agency,
            "month": f"{row.month:%Y-%m}",
            "count": row.count,
            "theirs": row.theirs,
            "ours": row.ours,
            "difference": row.difference,
            "verdict": row.verdict.value,
        }


def _show(compared: "Iterable[Compared]", how: Format) -> None:
    from rich.console import Console
    from rich.table import Table

    rows = list(_rows(compared))
    if how is Format.JSON:
        typer.echo(json.dumps(rows))
    elif how is Format.CSV:
        names = ("agency", "month", "count", "theirs", "ours", "difference", "verdict")
        for values in (names, *(row.values() for row in rows)):
            typer.echo(",".join("" if value is None else str(value) for value in values))
    elif rows:
        table = Table("Đơn vị", "Tháng", "Số liệu", "Báo cáo/theirs", "Hệ thống/ours", "Chênh/difference", "")
        for row in compared:
            theirs = "" if row.theirs is None else f"{row.theirs:,}"
            table.add_row(
                *(row.agency, f"{row.month:%m/%Y}", row.count, theirs, f"{row.ours:,}"),
                *(f"{row.difference:+,}", f"{row.verdict.vi}/{row.verdict}"),
            )
        Console().print(table)
