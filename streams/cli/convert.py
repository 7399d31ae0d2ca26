"""`reform-pulse convert`: records of a source system to NDJSON CloudEvents."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Now, UsageError, moment_of, one_line_errors

if TYPE_CHECKING:
    from sources.adapter import Bound
    from sources.converted import Converted

CHECK_FAILED = 1
SHOWN = 20

FormatName = Annotated[
    str, typer.Argument(metavar="FORMAT", help="An adapter, or a file NAME.toml of the adapters' folder.")
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="What the source exported; - is stdin.")]
Configuration = Annotated[
    Path | None,
    typer.Option("--configuration", "-c", metavar="FILE", help="The source's configuration, TOML."),
]
Output = Annotated[str, typer.Option("--output", metavar="FILE|-", help="Where NDJSON goes; - is stdout.")]
Preview = Annotated[
    bool, typer.Option("--preview", help="Show what was understood, and write no events. / Xem thử.")
]


def convert(
    format_: FormatName,
    files: Files,
    *,
    configuration: Configuration = None,
    output: Output = "-",
    preview: Preview = False,
    now: Now = None,
) -> None:
    """Records of a source system to NDJSON CloudEvents; what cannot be read is told by row and column.

    Names and numbers of people are left out, dossier codes become keyed hashes. Exit 1 if any was refused.
    FORMAT is one of portal-dossiers, portal-progress, portal-totals, payments, edxml, sheet, debezium.
    """
    with one_line_errors():
        from schemas.instant import to_microseconds
        from streams.cli.convert_report import show_preview, show_result

        bound = bound_of(format_, configuration)
        at, result = to_microseconds(moment_of(now)), new_result()
        for file in files:
            for payload in bound.adapter.split(read_file(file)):
                result.add(bound.adapt(payload, at))
        if preview:
            show_preview(result, bound)
        else:
            _write(result, output)
        show_result(result, SHOWN)
    if result.refused:
        raise typer.Exit(CHECK_FAILED)


def bound_of(name: str, configuration: Path | None = None) -> "Bound":
    """The adapter of a name with its configuration and the settings' keys. Raises UsageError."""
    from sources.adapters import bind, bind_file
    from sources.configuration import ConfigurationError
    from sources.pseudonym import PseudonymError, Pseudonyms
    from streams.settings import Settings

    settings = Settings()
    try:
        pseudonyms = Pseudonyms.parse(settings.pseudonym_keys.get_secret_value())
        if configuration:
            return bind_file(configuration, pseudonyms, name)
        return bind(name, pseudonyms, settings.adapters)
    except (ConfigurationError, PseudonymError) as error:
        raise UsageError(str(error)) from None


def new_result() -> "Converted":
    """Nothing converted yet."""
    from sources.converted import Converted

    return Converted()


def read_file(file: Path) -> bytes:
    """A file, or stdin for `-`. Raises UsageError, OSError."""
    if str(file) == "-":
        return sys.stdin.buffer.read()
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    return file.read_bytes()


def _write(result: "Converted", output: str) -> None:
    from sources.cloudevent import to_json

    lines = [to_json(event) for event in (*result.events, *(total.as_dict() for total in result.totals))]
    text = b"".join(line + b"\n" for line in lines)
    if output == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
    else:
        Path(output).write_bytes(text)
