"""`explain --as-published DAY`: what the board showed at the end of a day, and what has changed it since."""

import json
from pathlib import Path

import typer

from streams.cli.options import Format, catalogue_of, day_given, fail, one_line_errors, reading


def tell(
    kpi: str,
    day: str,
    agency: str | None,
    store: Path | None,
    clickhouse: str | None,
    catalogue: Path | None,
    format: Format,
) -> None:
    """Print what was shown of one figure, what it would be now, and what came since."""
    with one_line_errors():
        from serving.published import NotKeptError, published
        from serving.published_text import told
        from sinks.clickhouse.counts import ClickHouseCounts
        from sinks.clickhouse.digests import KeptDigests

        definitions = catalogue_of(catalogue)
        with reading(store, clickhouse) as client:
            try:
                of, rows = published(
                    *(definitions, ClickHouseCounts(client), KeptDigests(client)),
                    *(day_given(day), agency or "", (kpi,)),
                )
            except NotKeptError as error:
                fail(str(error), 1)
        if format is Format.JSON:
            found = [row.as_dict() | {"day": str(of.day), "taken_at": str(of.taken_at)} for row in rows]
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            typer.echo("\n".join(told(definitions, of, row) for row in rows) or "Không có số liệu. Nothing.")
