"""`reform-pulse clickhouse`: the SQL of a database user who sees one agency and all below it."""

from typing import Annotated

import typer

from streams.cli.options import (
    ClickHouseUrl,
    PasswordFile,
    StoreDirectory,
    one_line_errors,
    password_of,
    place_of,
    reading,
)

clickhouse = typer.Typer(
    name="clickhouse", help="ClickHouse's users (docs/security.md).", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="USER", help="Name of the database user.")]
Agency = Annotated[str, typer.Option("--agency", metavar="CODE", help="What it sees, with all below.")]


@clickhouse.command()
def reader(
    name: Name,
    *,
    agency: Agency,
    password_file: PasswordFile = None,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
) -> None:
    """Write the SQL of a user with row policies, for `clickhouse-client` as the administrator.

    A new password goes to stderr, once; the SQL has its hash alone.
    """
    with one_line_errors():
        import hashlib

        from sinks.clickhouse.row_policies import reader as statements
        from streams.settings import Settings

        password = password_of(password_file)
        with reading(store, clickhouse) as client:
            hashed = hashlib.sha256(password.encode()).hexdigest()
            cluster = place_of(Settings(), store, clickhouse)["cluster"]
            for statement in statements(client, name, agency, hashed, cluster):
                typer.echo(f"{statement};")
    if password_file is None:
        typer.echo(f"{name}: {password}", err=True)
