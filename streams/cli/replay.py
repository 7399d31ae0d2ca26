"""`reform-pulse replay`: fold NDJSON files into an embedded store, without Kafka."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import CatalogueFile, catalogue_of, fail, one_line_errors

if TYPE_CHECKING:
    from streams.dead_letter import DeadLetter

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="NDJSON files of CloudEvents; - is stdin.")
]
Store = Annotated[
    Path, typer.Option("--store", metavar="DIR", help="Directory of the store; made if missing.")
]
Letters = Annotated[
    Path | None,
    typer.Option("--dead-letters", metavar="FILE", help="Where refused events are noted; default: in DIR."),
]


def replay(
    files: Files, *, store: Store, dead_letters: Letters = None, catalogue: CatalogueFile = None
) -> None:
    """Fold NDJSON files into an embedded store: the same decode, fold, derive and write as the worker's.

    Replaying a file again changes nothing. Refused events are noted, with file and line, and do not stop it.
    """
    with one_line_errors():
        from sinks.clickhouse.migrate import migrate
        from sinks.clickhouse.store import ClickHouseStore
        from sinks.dead_letters import to_json
        from streams.cli.progress import progress
        from streams.domain import Domain
        from streams.garbage import calm
        from streams.offline import Line, lines
        from streams.offline import replay as fold

        files = [Path("/dev/stdin") if str(file) == "-" else file for file in files]
        missing = [file for file in files if not file.exists()]
        if missing:
            fail(f"there is no file {missing[0]}")
        domain = Domain(catalogue_of(catalogue))
        held, refused = ClickHouseStore.at(store), Counter[str]()
        migrate(held.client)
        calm()
        noted = dead_letters or store / "dead-letters.ndjson"
        total = sum(file.stat().st_size for file in files if file.is_file())
        with noted.open("wb") as stream, progress("replay", total) as advance:

            def note(letter: "DeadLetter") -> None:
                stream.write(to_json(letter) + b"\n")
                refused[f"{letter.reason_vi} / {letter.reason_en}"] += 1

            def done(chunk: list[Line]) -> None:
                advance(sum(len(line.record) + 1 for line in chunk))

            folded = fold((line for file in files for line in lines(file)), held, domain, note, done)
        held.close()
    _report(folded, refused, store, noted)


def _report(folded: int, refused: Counter[str], store: Path, noted: Path) -> None:
    typer.echo(f"{folded:,} events folded, {refused.total():,} refused")
    for reason, count in refused.most_common():
        typer.echo(f"  {count:,} x {reason}", err=True)
    if refused:
        typer.echo(f"  file, line and reason of each: {noted}", err=True)
    typer.echo(f"ask: reform-pulse kpis --store {store} --period 2022-Q3", file=sys.stderr)
