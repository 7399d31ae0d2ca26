"""`reform-pulse keys`: make, change and take away API keys. A key is shown once, when it is made."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import UsageError, fail, one_line_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.keys import Client

keys = typer.Typer(name="keys", help="API keys: create, rotate, revoke, list.", no_args_is_help=True)


class RoleName(StrEnum):
    """The roles of `web.principal`, repeated so that `--help` needs no import."""

    SENDER = "sender"
    PUBLIC = "public"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


File = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="File of API keys; default: the settings'.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the client, e.g. one-stop-h51.")]
RoleOption = Annotated[RoleName, typer.Option("--role", help="What the client may do.")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="CloudEvents source it may send as, with all below; * is any."),
]
Agencies = Annotated[
    list[str] | None,
    typer.Option("--agency", help="Agency that it may speak for or see, with all below; * is any."),
]
Overlap = Annotated[str, typer.Option("--overlap", help="How long the old key goes on: 30m, 12h, 7d.")]
KeyId = Annotated[
    str | None, typer.Option("--key", metavar="ID", help="Only this key, not the whole client.")
]
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@keys.command()
def create(
    name: Name,
    *,
    role: RoleOption = RoleName.SENDER,
    source: Sources = None,
    agency: Agencies = None,
    file: File = None,
) -> None:
    """Make a client with its first key, and write the key to stdout; only its hash is kept."""
    from web.key_file import alone, write
    from web.keys import NAME, Client, KeysError
    from web.principal import Role

    with one_line_errors():
        path = _path(file)
        if not re.fullmatch(NAME, name):
            raise UsageError(f"`{name}`: a name has a-z, 0-9, `.`, `_` and `-` only, and 40 signs at most")
        client = Client(name=name, role=Role(role), sources=tuple(source or ()), agencies=tuple(agency or ()))
        if client.role is Role.SENDER and not (client.sources and client.agencies):
            raise UsageError("a sender needs --source and --agency; * is any")
        if client.role is not Role.SENDER and not client.agencies:
            raise UsageError("say what it may see: --agency H51, or --agency '*' for all")
        try:
            with alone(path) as book:
                changed, text = book.create(client, datetime.now(UTC))
                write(path, changed)
        except KeysError as error:
            fail(str(error))
    _show(text)


@keys.command()
def rotate(name: Name, *, overlap: Overlap = "7d", file: File = None) -> None:
    """Give a client a new key; the old one goes on for a while, so that nothing stops meanwhile."""
    from web.key_file import alone, write
    from web.keys import KeysError

    with one_line_errors():
        path, time = _existing(file), _duration(overlap)
        try:
            with alone(path) as book:
                changed, text = book.rotate(name, time, datetime.now(UTC))
                write(path, changed)
        except KeysError as error:
            fail(str(error))
    _show(text)


@keys.command()
def revoke(name: Name, *, key: KeyId = None, file: File = None) -> None:
    """Take a client's keys away, at once; with --key only one of them."""
    from web.key_file import alone, write
    from web.keys import KeysError

    with one_line_errors():
        path = _existing(file)
        try:
            with alone(path) as book:
                write(path, book.revoke(name, key))
        except KeysError as error:
            fail(str(error))
    typer.echo(f"revoked: {name}{f', key {key}' if key else ''}")


@keys.command(name="list")
def list_(*, file: File = None) -> None:
    """List clients, what they may, and the ids and times of their keys."""
    from web.key_file import read
    from web.keys import KeysError

    with one_line_errors():
        try:
            book = read(_existing(file))
        except KeysError as error:
            fail(str(error))
    for client in book.clients:
        for line in _lines(client):
            typer.echo(line)


def _lines(client: "Client") -> "Iterator[str]":
    from schemas.instant import VIETNAM

    scope = f"source {', '.join(client.sources) or '-'}; agency {', '.join(client.agencies) or '-'}"
    yield f"{client.name}: {client.role}; {scope}"
    now = datetime.now(UTC)
    for key in client.keys:
        ends = f"until {key.expires_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}" if key.expires_at else "no end"
        state = "" if key.valid(now) else " (expired)"
        yield f"  {key.id}: made {key.created_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}, {ends}{state}"


def _show(text: str) -> None:
    typer.echo("khoá chỉ hiện một lần / the key is shown only once:", err=True)
    typer.echo(text)


def _path(file: Path | None) -> Path:
    from streams.settings import Settings

    path = file or Settings().api_keys
    if path is None:
        raise UsageError("say which file of keys: --keys FILE, or the setting `api_keys`")
    return path


def _existing(file: Path | None) -> Path:
    path = _path(file)
    if not path.is_file():
        raise UsageError(f"there is no file {path}; `keys create` makes it")
    return path


def _duration(text: str) -> timedelta:
    found = re.fullmatch("([0-9]{1,4})([mhd])", text)
    if not found:
        raise UsageError(f"--overlap `{text}`: write 30m, 12h or 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
