"""Progress of long work: a bar on a terminal, plain lines elsewhere; always on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_SHARE = 0.1


@contextmanager
def progress(what: str, total: int, unit: str = "bytes") -> Iterator[Callable[[int], None]]:
    """Give a function that is told how much more is done, of `total`."""
    if not sys.stderr.isatty():
        yield _lines(what, total, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda more: bar.advance(task, more)


def _lines(what: str, total: int, unit: str) -> Callable[[int], None]:
    done, said = 0, 0.0

    def advance(more: int) -> None:
        nonlocal done, said
        done += more
        share = done / total if total else 0.0
        if share >= said + EVERY_SHARE or (total and done >= total):
            said = share
            print(f"{what}: {done:,} of {total:,} {unit}", file=sys.stderr)

    return advance
