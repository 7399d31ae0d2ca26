"""The HTTP door of one machine: what `serve` serves, in a thread beside the worker."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.parts import application_of, doorkeeper_of

if TYPE_CHECKING:
    import socket

    from streams.settings import Settings

HOST = "127.0.0.1"


@contextmanager
def open_door(settings: "Settings", store: Path) -> Iterator[str]:
    """Serve over an embedded store on this machine's own address; gives it. Raises KeysError, OSError."""
    from web.server import Server

    server = Server(
        application_of(settings, doorkeeper_of(settings), store=store), _listen(settings.http_port)
    )
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def _listen(port: int) -> "socket.socket":
    """The port that was asked for, or any free one where another program has it."""
    from web.server import listen

    try:
        return listen(HOST, port)
    except OSError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno != errno.EADDRINUSE:
            raise
        return listen(HOST, 0)
