"""`reform-pulse reference`: agencies, procedures, targets and the calendar: check them, load them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from schemas.reference.tables import Reference

CHECK_FAILED = 1

reference = typer.Typer(
    name="reference",
    help="Reference data: agencies, successors, procedures, targets, calendar, hours.",
    no_args_is_help=True,
)

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR|FILE...",
        help="CSV or XLSX files, folders of them, or built-in data: provinces, calendar, nga_nam, template.",
    ),
]


@reference.command()
def check(
    sources: Sources,
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Check reference data as a whole and list all mistakes; exit 1 when there is one.

    With a store, tables that the files leave out are those that are loaded there.
    """
    with one_line_errors():
        found = _read(sources)
        if store or clickhouse:
            from sinks.clickhouse.reference import stored

            with reading(store, clickhouse) as client:
                found = (found[0].on_top_of(stored(client)), found[1])
        _refuse(*found, catalogue)
    typer.echo(f"không có lỗi / no mistakes: {_sizes(found[0])}")


@reference.command()
def load(
    sources: Sources,
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Check reference data and load it as a new version; nothing is loaded when there is a mistake.

    A table in the files replaces the loaded one; tables that they leave out stay. A store is made if missing.
    """
    with one_line_errors():
        from sinks.clickhouse.reference import load as write
        from sinks.clickhouse.reference import stored

        found, wrong = _read(sources)
        _made(store, clickhouse)
        with reading(store, clickhouse) as client:
            whole = found.on_top_of(stored(client))
            _refuse(whole, wrong, catalogue)
            version = write(client, whole)
    typer.echo(f"phiên bản / version {version}: {_sizes(whole)}")


def _read(sources: list[Path]) -> "tuple[Reference, list[object]]":
    from schemas.reference.tables import built_in, gather

    for source in sources:
        if not source.exists() and str(source) not in built_in():
            raise UsageError(
                f"there is no file, folder or built-in data {source}; built in: {', '.join(built_in())}"
            )
    found, wrong = gather(sources)
    if not found.rows and not wrong:
        raise UsageError("there is no .csv or .xlsx file in it; `template` shows what the tables look like")
    return found, list(wrong)


def _made(store: Path | None, clickhouse: str | None) -> None:
    """An embedded store is made and migrated, as `replay` does; a server is left to `migrate`."""
    if store is None or clickhouse is not None:
        return
    from sinks.clickhouse.client import connect
    from sinks.clickhouse.migrate import migrate

    client = connect(store)
    migrate(client)
    client.close()


def _refuse(found: "Reference", wrong: list[object], catalogue: Path | None) -> None:
    """End with 1 after listing all mistakes, if there are any."""
    from schemas.reference.check import mistakes

    wrong = wrong + list(mistakes(found, catalogue_of(catalogue)))
    for mistake in wrong:
        typer.echo(str(mistake), err=True)
    if wrong:
        typer.echo(f"{len(wrong)} lỗi, không nạp gì / mistakes, nothing was loaded", err=True)
        raise typer.Exit(CHECK_FAILED)


def _sizes(found: "Reference") -> str:
    return ", ".join(f"{table} {len(rows)}" for table, rows in found.rows.items())
