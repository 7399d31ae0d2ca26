"""`reform-pulse migrate`: the ClickHouse schema, forwards and back."""

from typing import Annotated

import typer

from streams.cli.options import ClickHouseUrl, StoreDirectory, UsageError, one_line_errors, place_of

Target = Annotated[
    int | None, typer.Option("--to", metavar="N", help="Version to go to, also back; default: the newest.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the statements, change nothing.")]


def migrate(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    to: Target = None,
    dry_run: DryRun = False,
) -> None:
    """Bring the ClickHouse schema to a version. Going back drops tables with what is in them."""
    with one_line_errors():
        from sinks.clickhouse.client import connect
        from sinks.clickhouse.migrate import migrate as bring
        from streams.settings import Settings

        settings = Settings()
        if store is None and clickhouse is None:
            raise UsageError("say which schema: --store DIR or --clickhouse URL")
        place = place_of(settings, store, clickhouse)
        client = connect(**place)
        statements = bring(client, to, dry_run=dry_run, cluster=place["cluster"])
        client.close()
    for statement in statements if dry_run else ():
        typer.echo(f"{statement};\n")
    typer.echo(f"{len(statements)} statements {'to run' if dry_run else 'run'}", err=True)
