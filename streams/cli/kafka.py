"""`reform-pulse kafka`: topics, users and ACLs of a Kafka that lets in only whom it knows."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import (
    Format,
    Kafka,
    PasswordFile,
    fail,
    kafka_settings,
    one_line_errors,
    password_of,
)

if TYPE_CHECKING:
    from streams.access import Right

kafka = typer.Typer(
    name="kafka", help="Kafka's topics, users and ACLs; as the user `admin`.", no_args_is_help=True
)

Apply = Annotated[bool, typer.Option("--apply", help="Make them at Kafka; without, they are only shown.")]
AclFormat = Annotated[Format, typer.Option("--format", help="How they are shown.")]
Name = Annotated[
    str, typer.Argument(metavar="USER", help="worker, gateway, ingest, operator, reader, admin.")
]
More = Annotated[
    list[str] | None, typer.Argument(metavar="TOPIC...", help="More topics, such as reform.raw.payments.")
]


Partitions = Annotated[
    int | None,
    typer.Option(
        "--partitions",
        metavar="N",
        min=1,
        max=512,
        help="Give so many to those that have fewer; with all stopped (docs/operations.md, 5).",
    ),
]


@kafka.command()
def acls(*, apply: Apply = False, format: AclFormat = Format.TABLE, kafka: Kafka = None) -> None:
    """Show which rights each role needs, or make the ACLs (docs/security.md)."""
    with one_line_errors():
        from streams.access import grant, rights

        settings = kafka_settings(kafka)
        if apply:
            typer.echo(f"{grant(settings)} ACLs are there")
        else:
            typer.echo(_shown(rights(settings), format), nl=False)


@kafka.command()
def user(name: Name, *, password_file: PasswordFile = None, kafka: Kafka = None) -> None:
    """Make a user, or change its password, which is written to stdout once unless it came from a file."""
    with one_line_errors():
        from streams.access import set_password

        password = password_of(password_file)
        set_password(kafka_settings(kafka), name, password)
    typer.echo(f"{name}: mật khẩu đã đặt / the password is set", err=True)
    if password_file is None:
        typer.echo(password)


@kafka.command()
def topics(more: More = None, *, partitions: Partitions = None, kafka: Kafka = None) -> None:
    """Create the topics that are missing: the contract's, the dead letters', and those named."""
    with one_line_errors():
        from schemas.contract import TOPICS
        from streams.group import working
        from streams.topics import ensure, grow

        settings = kafka_settings(kafka)
        if partitions and working(settings):
            fail(f"workers of the group `{settings.group}` are running: stop them first, then try again")
        names = (*TOPICS, *(more or ()))
        ensure(settings, (*names, settings.dead_letter_topic))
        grown = grow(settings, names, partitions) if partitions else []
    typer.echo(f"{len(names) + 1} topics are there")
    if partitions:
        typer.echo(f"{len(grown)} of them were given more partitions; set `partitions` to {partitions}, too")


def _shown(found: "list[Right]", format: Format) -> str:
    if format is Format.JSON:
        return json.dumps([right._asdict() for right in found], indent=1) + "\n"
    rows = [(r.role, r.resource, f"{r.name}{'*' if r.prefix else ''}", " ".join(r.operations)) for r in found]
    if format is Format.CSV:
        return "".join(",".join(row) + "\n" for row in [("role", "resource", "name", "operations"), *rows])
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    padded = [
        [text.ljust(width) for text, width in zip(row, widths, strict=False)] + [row[3]] for row in rows
    ]
    return "".join("  ".join(row) + "\n" for row in padded)
