"""`reform-pulse report`: a periodic report of an agency, as Markdown, XLSX or DOCX.

Exit code 1 when a check between its numbers fails; the report is written all the same, and says so.
"""

from pathlib import Path
from typing import Annotated

import typer

from schemas.selection import Scope
from streams.cli.kpis import Agency, From, NamedPeriod, To, warn
from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Now,
    StoreDirectory,
    UsageError,
    catalogue_of,
    moment_of,
    one_line_errors,
    reading,
)

Name = Annotated[str | None, typer.Argument(metavar="[REPORT]", help="Which one; --list names them.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="FILE", help="FILE.xlsx, FILE.docx or FILE.md; default: Markdown on stdout."
    ),
]
Listing = Annotated[bool, typer.Option("--list", help="Name the reports.")]


def report(
    name: Name = None,
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    start: From = None,
    end: To = None,
    period: NamedPeriod = None,
    agency: Agency = None,
    output: Output = None,
    listing: Listing = False,
    catalogue: CatalogueFile = None,
    now: Now = None,
) -> None:
    """A periodic report: Biểu II.06, Biểu II.07b, the quarterly figures, the month for the chairman.

    Ends with 1 if its numbers do not fit together.
    """
    with one_line_errors():
        from serving.reports.kinds import REPORTS, WRITERS
        from serving.reports.setting import Setting
        from serving.span import asked
        from sinks.clickhouse.counts import ClickHouseCounts
        from sinks.clickhouse.reference import stored
        from streams.settings import Settings

        if listing:
            for each, (_, told) in REPORTS.items():
                typer.echo(f"{each:<10} {told}")
            return
        if name is None or name not in REPORTS:
            raise UsageError(f"which report? `{name or ''}` is none of {', '.join(REPORTS)}")
        if output and output.suffix not in WRITERS:
            raise UsageError(f"--output `{output}`: the file must end with {', '.join(WRITERS)}")
        definitions, moment = catalogue_of(catalogue), moment_of(now)
        span = asked(start, end, period, None, moment, Settings().administrative_day)
        with reading(store, clickhouse) as client:
            warn(client, definitions, Scope(agency), by_tree=True)
            counts, reference = ClickHouseCounts(client), stored(client)
            setting = Setting(definitions, counts, reference, span, period or "", moment, agency)
            made = REPORTS[name][0](setting)
        written = WRITERS[output.suffix if output else ".md"](made)
        if output:
            output.write_bytes(written)
            for check in made.checks:
                typer.echo(check.line)
        else:
            typer.echo(written.decode(), nl=False)
    if not made.holds:
        raise typer.Exit(1)
