"""`reform-pulse up`: everything in one process for one machine: broker, worker, ClickHouse, live board."""

import asyncio
import logging
import signal
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import CatalogueFile, catalogue_of, fail, one_line_errors

if TYPE_CHECKING:
    from streams.cli.machine import Machine
    from streams.cli.watch import Watch


class Feed(StrEnum):
    """What is fed in."""

    DEMO = "demo"


Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Where everything is kept; made if missing.")
]
Feeding = Annotated[Feed | None, typer.Option("--feed", help="demo: the events behind a real report.")]
CHECK_FAILED = 1
DEMO_VIEW = "?period=2022-Q3"
"""The demo's quarter: the running month, which the board shows first, has nothing of it."""


def up(*, data: Data = Path("data"), feed: Feeding = None, catalogue: CatalogueFile = None) -> None:
    """Run all on this machine: broker, worker, ClickHouse, HTTP gateway, live board; the data stay in DIR.

    On a terminal it stays up until Ctrl-C. With --feed and without a terminal it ends when all is counted.
    """
    with one_line_errors():
        from schemas.instant import VIETNAM
        from sinks.clickhouse.client import connect
        from streams.cli.digest import Nightly
        from streams.cli.door import open_door
        from streams.cli.machine import Machine
        from streams.shard import Fatal
        from web.keys import KeysError

        definitions = catalogue_of(catalogue)
        logging.basicConfig(level=logging.WARNING)  # the board is what is to be seen
        typer.echo(f"dữ liệu/data: {data.resolve()}")
        try:
            with (
                Machine(data, definitions) as machine,
                open_door(machine.settings, machine.store_directory) as address,
                Nightly(
                    lambda: connect(machine.store_directory, None), definitions, lambda: datetime.now(VIETNAM)
                ),
            ):
                typer.echo(f"bảng trực tiếp/live board: {address}/{DEMO_VIEW if feed else ''}")
                typer.echo(f"gửi sự kiện/send events: {address}/v1/events")
                typer.echo(f"hỏi qua HTTP/ask over HTTP: {address}/v1/kpis?period=2022-Q3")
                code = asyncio.run(_run(machine, feed))
        except Fatal as error:
            fail(str(error), CHECK_FAILED)
        except KeysError as error:
            fail(str(error))
        typer.echo(f"hỏi số liệu/ask: reform-pulse kpis --store {machine.store_directory} --period 2022-Q3")
    raise typer.Exit(code)


async def _run(machine: "Machine", feed: Feed | None) -> int:
    """Serve, feed and watch until it is over; returns the exit code."""
    from streams.cli.watch import Watch

    ready, watch = asyncio.Event(), Watch(machine, demo=feed is not None)
    serving = asyncio.create_task(machine.worker.serve(ready.set))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _end, machine, watch)
    began = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, began}, return_when=asyncio.FIRST_COMPLETED)
    began.cancel()
    watching = asyncio.create_task(watch.run())
    await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
    _end(machine, watch)
    await serving
    return await watching


def _end(machine: "Machine", watch: "Watch") -> None:
    from streams.worker import watchdog

    watchdog(
        machine.settings.shutdown_seconds * 2
    )  # the worker has its own limit; this is for what comes after
    watch.stop()
    machine.worker.stop()
