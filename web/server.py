"""Serves an application on one address, in a thread of its own: beside other work, or until a signal."""

import logging
import signal
import socket
import threading
import time

import uvicorn
from fastapi import FastAPI

from web.ending import Ending

START_SECONDS = 10.0
STOP_SECONDS = 5
BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the address; port 0 takes a free one. Raises OSError, naming the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol asyncio knows to send at once: else the second half of an answer waits 40 ms for an ACK.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(BACKLOG)  # who comes before the server is up waits for it
    except OSError as error:
        found.close()
        raise OSError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return found


class _Uvicorn(uvicorn.Server):
    """Says that it ends before it waits for the requests that are open."""

    def __init__(self, config: uvicorn.Config, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._ending.begin()
        await super().shutdown(sockets)


class Server:
    """Uvicorn around an application, on a socket that listens already."""

    def __init__(self, app: FastAPI, listening: socket.socket) -> None:
        # The log of requests is ours (web.request_id): Uvicorn's would have addresses and queries.
        logging.getLogger("uvicorn.access").disabled = True
        self._listening = listening
        config = uvicorn.Config(
            app,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        self._server = _Uvicorn(config, Ending.of(app))
        # Outside of the main thread Uvicorn leaves signals alone: they are ours, and so is the exit code.
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, as `http://host:port`."""
        host, port = self._listening.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, from the main thread; requests that were begun are ended first."""
        signalled = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: signalled.set())
        self.start()
        while self._thread.is_alive() and not signalled.wait(1.0):
            pass
        self.stop()

    def start(self) -> None:
        """Serve in a thread; returns when it accepts connections. Raises RuntimeError if it does not."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the HTTP server does not start")
            time.sleep(0.005)

    def stop(self) -> None:
        """End what `start` began, and wait for it."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)

    def _serve(self) -> None:
        self._server.run(sockets=[self._listening])
