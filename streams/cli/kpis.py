"""`reform-pulse kpis`: KPI rows of a period, for all or for an agency, in whole or split."""

from typing import Annotated

import typer

from schemas.selection import By, Scope
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

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--kpi",
        metavar="NAME",
        help="Only this KPI or stock; may be repeated. NAME@2022-08-01 is the version valid from then.",
    ),
]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, e.g. 2022-07-01.")]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Day after the last one.")]
CalendarPeriod = Annotated[str | None, typer.Option("--period", help="2022, 2022-Q3 or 2022-07.")]
Agency = Annotated[
    str | None, typer.Option("--agency", metavar="CODE", help="An agency and all that are below it.")
]
SelfOnly = Annotated[bool, typer.Option("--self-only", help="Without the agencies below it.")]
SplitBy = Annotated[
    By | None, typer.Option("--by", help="One row per part; what has no such part is left out.")
]
RowFormat = Annotated[Format, typer.Option("--format", help="How the rows are written.")]


def kpis(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    start: From = None,
    end: To = None,
    period: CalendarPeriod = None,
    agency: Agency = None,
    self_only: SelfOnly = False,
    kpi: Names = None,
    by: SplitBy = None,
    format: RowFormat = Format.TABLE,
    catalogue: CatalogueFile = None,
    now: Now = None,
) -> None:
    """KPIs and stocks of a period, in Vietnamese days.

    A KPI over nothing has no value. Stocks are as of the end of the period, or of now if that is earlier.
    """
    with one_line_errors():
        from serving import period as periods
        from serving.figures import left_out
        from serving.kpis import kpi_rows
        from serving.tables import render
        from sinks.clickhouse.counts import ClickHouseCounts, counted_otherwise

        definitions = catalogue_of(catalogue)
        span, moment = periods.parse(start, end, period), moment_of(now)
        scope, names = Scope(agency, self_only), kpi or ()
        for name in left_out(definitions, names, span.last_day, by):
            typer.echo(f"left out: {name} cannot be split by {by}", err=True)
        with reading(store, clickhouse) as client:
            for topic in counted_otherwise(client, definitions):
                typer.echo(
                    f"warning: {topic} was counted with other measures than this catalogue's", err=True
                )
            counts = ClickHouseCounts(client)
            rows = kpi_rows(definitions, counts, span, moment, scope=scope, by=by, names=names)
        typer.echo(render(rows, format.value, definitions), nl=False)
