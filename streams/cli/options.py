"""Options and habits that commands share: where the store is, which catalogue, how errors end.

Exit codes: 0 done, 1 a check failed, 2 wrong use or out of reach. An error is one line on stderr.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:  # these take a second to import, and `--help` needs none of them
    from clickhouse_connect.driver.client import Client
    from pydantic import ValidationError

    from schemas.catalogue import Catalogue
    from streams.settings import Settings

WRONG_USE = 2
POLARS_EPIPE = f"(os error {errno.EPIPE})"
"""Its error has words only."""

StoreDirectory = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Directory of an embedded store.")
]
ClickHouseUrl = Annotated[
    str | None,
    typer.Option(
        "--clickhouse",
        metavar="URL",
        help="ClickHouse server, `http(s)://user@host:port/database`; "
        "its password comes from REFORM_PULSE_CLICKHOUSE_PASSWORD.",
    ),
]
CatalogueFile = Annotated[
    Path | None,
    typer.Option("--catalogue", metavar="FILE", help="A province's own catalogue, on top of the built-in."),
]
Kafka = Annotated[
    str | None,
    typer.Option("--kafka", metavar="HOST:PORT", help="Kafka bootstrap servers; default: the settings'."),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="Take the password from there; default: a new one."),
]
Now = Annotated[
    str | None,
    typer.Option("--now", metavar="TIME", help="Answer as at this time, RFC 3339 with offset; default: now."),
]


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def fail(message: str, code: int = WRONG_USE) -> NoReturn:
    """End with one line on stderr."""
    typer.echo(f"reform-pulse: {message}", err=True)
    raise typer.Exit(code)


class UsageError(ValueError):
    """An option that cannot be read; the message says what is meant."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with one line for everything that a user can mend."""
    from pydantic import ValidationError

    from schemas.catalogue import CatalogueError
    from serving.figures import UnknownKpiError
    from serving.period import PeriodError
    from streams.checkpoint import StoreError
    from streams.shard import Fatal

    try:
        yield
    except (CatalogueError, UnknownKpiError, PeriodError, StoreError, Fatal, UsageError) as error:
        fail(str(error))
    except OSError as error:
        if error.errno == errno.EPIPE or POLARS_EPIPE in str(error):
            raise BrokenPipeError(errno.EPIPE, "") from None  # `| head` has seen enough: no word
        fail(str(error))
    except ValidationError as error:
        fail(f"settings: {first_mistake(error)}")


def first_mistake(error: "ValidationError") -> str:
    """Of what does not fit, the first: its name and what is wrong with it, without its value."""
    first = error.errors(include_url=False, include_input=False)[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))


def catalogue_of(file: Path | None) -> "Catalogue":
    """The built-in catalogue with a file, else the settings' file, on top; raises CatalogueError."""
    from schemas.catalogue import load
    from streams.settings import Settings

    own = file or Settings().catalogue
    return load(own) if own else load()


def kafka_settings(kafka: str | None) -> "Settings":
    """The settings, with other Kafka servers if given."""
    from streams.settings import Settings

    return Settings(kafka=kafka) if kafka else Settings()


def place_of(
    settings: "Settings", store: Path | None, url: str | None, patience: float = 0
) -> "dict[str, Any]":
    """Arguments of `connect` and of `ClickHouseStore.at`: a directory, else a server as the settings say."""
    return {
        "store": store,
        "url": url,
        "password": settings.clickhouse_password.get_secret_value(),
        "timeout": max(patience, settings.clickhouse_timeout),
        "ca": settings.clickhouse_ca,
        "cluster": "" if store else settings.clickhouse_cluster,
    }


def moment_of(now: str | None) -> datetime:
    """The time given, else the wall clock; raises UsageError."""
    from schemas.instant import VIETNAM, parse_instant, to_datetime

    if now is None:
        return datetime.now(VIETNAM)
    try:
        return to_datetime(parse_instant(now))
    except ValueError as error:
        raise UsageError(f"--now `{now}`: {error}; write 2022-10-01T00:00:00+07:00") from None


def day_given(text: str) -> date:
    """A day as it is written in an option; raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text}` is no day; write 2022-09-30") from None


def password_of(file: Path | None) -> str:
    """The password in a file, else a new one; raises UsageError, OSError."""
    import secrets

    if file is None:
        return secrets.token_urlsafe(24)
    try:
        password = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8") from None
    if not password:
        raise UsageError(f"{file} is empty")
    return password


@contextmanager
def reading(store: Path | None, url: str | None, patience: float = 0) -> "Iterator[Client]":
    """A client of an existing store with the schema of this program; raises StoreError, UsageError.

    patience: seconds until a request is given up, if that is more than the setting says.
    """
    from sinks.clickhouse.client import connect
    from sinks.clickhouse.migrate import plan
    from streams.checkpoint import StoreError
    from streams.settings import Settings

    if store is None and url is None:
        raise UsageError("say where the numbers are: --store DIR or --clickhouse URL")
    if store is not None and url is None and not store.is_dir():
        raise UsageError(f"there is no store at {store}")
    client = connect(**place_of(Settings(), store, url, patience))
    try:
        if plan(client):
            place = f"--store {store}" if store else "--clickhouse URL"
            raise StoreError(f"the schema is not that of this program; run `reform-pulse migrate {place}`")
        yield client
    finally:
        client.close()
