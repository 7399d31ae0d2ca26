"""Whether the real command line takes some words, and the real settings some variables; nothing is run."""

from collections.abc import Iterable, Sequence

import typer

from streams.cli.main import app
from streams.settings import PREFIX, Settings

OURS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {
    f"{PREFIX}SECRETS",
    f"{PREFIX}SETTINGS",
}


def parse(words: Sequence[str]) -> None:
    """Raises click's UsageError for words that `reform-pulse` would refuse."""
    command, context, rest = typer.main.get_command(app), None, list(words)
    while True:
        context = command.make_context(command.name, rest, parent=context)
        if not hasattr(command, "resolve_command"):
            return
        _, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])


def unknown(names: Iterable[str]) -> set[str]:
    """Variables of ours that are no setting."""
    return {name for name in names if name.startswith(PREFIX)} - OURS
