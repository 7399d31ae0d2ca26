"""`reform-pulse kpis`: KPI rows of a period, for all or an agency, in whole or split, compared or ranked."""

from typing import TYPE_CHECKING, Annotated

import typer

from schemas.selection import By, Scope, Tree
from serving.compare import Against
from serving.ranking import MINIMUM
from serving.span import Window
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
    from clickhouse_connect.driver.client import Client

    from schemas.catalogue import Catalogue

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
NamedPeriod = Annotated[
    str | None,
    typer.Option(
        "--period",
        help="2022, 2022-H1, 2022-Q3 or 2022-07; with -admin the administrative period (15th to 14th).",
    ),
]
WindowToNow = Annotated[
    Window | None,
    typer.Option("--window", help="A window that ends now; month, quarter and year: to date."),
]
Agency = Annotated[
    str | None, typer.Option("--agency", metavar="CODE", help="An agency and all that are below it.")
]
SelfOnly = Annotated[bool, typer.Option("--self-only", help="Without the agencies below it.")]
AgencyTree = Annotated[
    Tree,
    typer.Option("--tree", help="Agencies as they were at the time, or ended ones as their successors now."),
]
SplitBy = Annotated[
    By | None, typer.Option("--by", help="One row per part; what has no such part is left out.")
]
Comparisons = Annotated[
    list[Against] | None,
    typer.Option("--compare", help="Add the period before, or the target; may be repeated."),
]
Rank = Annotated[bool, typer.Option("--rank", help="Agencies in order of one --kpi, with their movement.")]
Minimum = Annotated[
    int, typer.Option("--minimum", min=0, help="With --rank: smallest denominator of a ranked agency.")
]
Depth = Annotated[
    int | None,
    typer.Option("--depth", min=1, help="With --rank: add agencies up, so many levels down from the top."),
]
RowFormat = Annotated[Format, typer.Option("--format", help="How the rows are written.")]


def kpis(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    start: From = None,
    end: To = None,
    period: NamedPeriod = None,
    window: WindowToNow = None,
    agency: Agency = None,
    self_only: SelfOnly = False,
    tree: AgencyTree = Tree.THEN,
    kpi: Names = None,
    by: SplitBy = None,
    compare: Comparisons = None,
    rank: Rank = False,
    minimum: Minimum = MINIMUM,
    depth: Depth = None,
    format: RowFormat = Format.TABLE,
    catalogue: CatalogueFile = None,
    now: Now = None,
) -> None:
    """KPIs and stocks of a period, in Vietnamese days.

    A KPI over nothing has no value. Stocks are as of the end of the period, or of now if that is earlier.
    """
    with one_line_errors():
        from serving.answer import Asked, answer
        from serving.figures import left_out
        from serving.reference import above_of, targets_of
        from serving.span import asked
        from serving.tables import render
        from sinks.clickhouse.counts import ClickHouseCounts
        from sinks.clickhouse.reference import stored
        from streams.settings import Settings

        if rank and (len(kpi or ()) != 1 or by not in (None, By.AGENCY)):
            raise UsageError("--rank orders agencies by one KPI: give one --kpi, and no other --by")
        definitions, moment = catalogue_of(catalogue), moment_of(now)
        span = asked(start, end, period, window, moment, Settings().administrative_day)
        split = By.AGENCY if rank else by
        question = Asked(span, moment, Scope(agency, self_only, tree), split, tuple(kpi or ()))
        day, hours = span.period.last_day, span.period.hours is not None
        for name in left_out(definitions, question.names, day, split, hours):
            typer.echo(f"left out: {name} cannot be split by {split or 'hours'}", err=True)
        if span.note:
            typer.echo(span.note, err=True)
        with reading(store, clickhouse) as client:
            warn(client, definitions, question.scope, by_tree=depth is not None)
            counts, reference = ClickHouseCounts(client), stored(client)
            rows = answer(
                definitions,
                counts,
                question,
                against=compare or (),
                minimum=minimum if rank else None,
                above=above_of(reference, depth, question) if depth else None,
                targets=targets_of(reference) if Against.TARGET in (compare or ()) else None,
            )
        typer.echo(render(rows, format.value, definitions), nl=False)


def warn(client: "Client", definitions: "Catalogue", scope: Scope, *, by_tree: bool) -> None:
    """Say on stderr what the counts or the agency tree lack."""
    from sinks.clickhouse.counts import counted_otherwise
    from sinks.clickhouse.reference import unknown_agencies

    for topic in counted_otherwise(client, definitions):
        typer.echo(f"warning: {topic} was counted with other measures than this catalogue's", err=True)
    if (scope.agency or scope.tree is Tree.NOW or by_tree) and (unknown := unknown_agencies(client)):
        named = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
        typer.echo(f"warning: {len(unknown)} agencies are not in the tree and go by code: {named}", err=True)
