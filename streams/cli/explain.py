"""`reform-pulse explain`: from a number to its rule, to the dossiers behind it, to what happened to one."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.selection import Scope
from serving.span import Window
from serving.which import Which
from streams.cli.kpis import Agency, From, NamedPeriod, SelfOnly, To, WindowToNow
from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Format,
    Now,
    StoreDirectory,
    catalogue_of,
    moment_of,
    one_line_errors,
    reading,
)
from streams.cli.published import tell

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue
    from serving.explanation import Explanation

Name = Annotated[str, typer.Argument(metavar="KPI", help="One KPI, stock or amount, as `kpis` names it.")]
Side = Annotated[
    Which, typer.Option("--which", help="Which to list: counted above the line, below it, or missing above.")
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="How many to list.")]
OneDossier = Annotated[
    str | None,
    typer.Option("--history", metavar="KEY", help="Instead: all events of this dossier (or document, ...)."),
]
AsPublished = Annotated[
    str | None,
    typer.Option("--as-published", metavar="DAY", help="What the board showed at the end of this day."),
]
TextOrJson = Annotated[Format, typer.Option("--format", help="table or json.")]


def explain(
    kpi: Name,
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    start: From = None,
    end: To = None,
    period: NamedPeriod = None,
    window: WindowToNow = None,
    agency: Agency = None,
    self_only: SelfOnly = False,
    which: Side = Which.MISSING,
    limit: Limit = 20,
    history: OneDossier = None,
    format: TextOrJson = Format.TABLE,
    catalogue: CatalogueFile = None,
    now: Now = None,
    as_published: AsPublished = None,
) -> None:
    """Why a number is what it is: its rule, the sums in it, the dossiers behind it, the events of one.

    Without a period: the running month. With --as-published: what the board showed at the end of a day.
    """
    if as_published:
        tell(kpi, as_published, agency, store, clickhouse, catalogue, format)
        raise typer.Exit
    with one_line_errors():
        from serving.answer import Asked
        from serving.behind import NothingBehindError, behind
        from serving.explanation import explained, only_figure, question_of
        from serving.span import asked, ending_now
        from sinks.clickhouse import behind as lists
        from sinks.clickhouse.counts import ClickHouseCounts
        from streams.settings import Settings

        definitions, moment = catalogue_of(catalogue), moment_of(now)
        given = (start, end, period, window)
        span = (
            asked(*given, moment, Settings().administrative_day)
            if any(given)
            else ending_now(Window.MONTH, moment)
        )
        question = Asked(span, moment, Scope(agency, self_only), None, (kpi,))
        with reading(store, clickhouse) as client:
            told = explained(definitions, ClickHouseCounts(client), question)
            entity = told.measures[0].measure.entity
            if history:
                rows = lists.history(client, entity, history)
            else:
                try:
                    wanted = behind(
                        definitions, only_figure(definitions, question), question_of(question), which
                    )
                    rows = lists.entities(client, wanted.entity, wanted.counted, wanted.without, "", limit)
                except NothingBehindError as error:
                    typer.echo(f"{error}", err=True)
                    rows = []
        if format is Format.JSON:
            typer.echo(json.dumps(_whole(told, rows), ensure_ascii=False, indent=1, default=str))
        else:
            _print(told, rows, definitions)


def _whole(told: "Explanation", rows: list[dict[str, Any]]) -> dict[str, Any]:
    measures = [m.as_dict() | {"where": m.measure.where, "counted_at": m.measure.at} for m in told.measures]
    return told.row.as_dict() | {"basis": told.figure.basis, "measures": measures, "rows": rows}


def _print(told: "Explanation", rows: list[dict[str, Any]], definitions: "Catalogue") -> None:
    from rich.console import Console
    from rich.table import Table

    from serving.tables import as_table
    from serving.written import NOTHING, count

    typer.echo(as_table([told.row], definitions), nl=False)
    typer.echo(f"Căn cứ/basis: {told.figure.basis or NOTHING}")
    for text in (told.figure.note_vi, told.figure.note_en):
        if text:
            typer.echo(text)
    for each in told.measures:
        name, sign = each.measure.name, "-" if each.sign < 0 else "+"
        typer.echo(f"{each.side} {sign} {count(each.value)} {name}: {each.measure.where} [{each.measure.at}]")
    if not rows:
        return
    names = _shown(told, rows[0])
    table = Table(*names, show_lines=False)
    for row in rows:
        table.add_row(*(_written(row[name]) for name in names))
    Console(width=max(120, 17 * len(names)), highlight=False).print(table)


def _shown(told: "Explanation", row: dict[str, Any]) -> list[str]:
    """Of an entity, what the rule looks at; of an event, all but its content."""
    from schemas.expression import columns_of

    if "event" in row:
        return [name for name in row if name != "event"]
    read = {m.measure.at for m in told.measures}.union(*(columns_of(m.measure.where) for m in told.measures))
    return [name for name in row if name in {"subject", "agency", "procedure", *read}]


def _written(value: object) -> str:
    from datetime import datetime

    from serving.written import NOTHING

    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return NOTHING if value is None else str(value)
