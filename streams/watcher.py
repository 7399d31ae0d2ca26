"""The stuck detector: looks at a worker from a thread of its own, for the event loop may be what is stuck."""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable

from streams.health import Health
from streams.look import Look
from streams.shard import Fatal

log = logging.getLogger(__name__)

_FRAMES = 8  # of each task


class Watcher:
    """Looks every `health.interval` seconds, until `stop` or until the worker is stuck.

    Then it writes all stacks to stderr, calls `failed`, and ends the process when that has had no effect
    within `grace` seconds: whoever runs the worker starts it again.
    """

    def __init__(
        self, health: Health, look: Callable[[], Look], failed: Callable[[Fatal], None], grace: float
    ) -> None:
        self._health, self._look, self._failed, self._grace = health, look, failed, grace
        self._over = threading.Event()
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Begin; to be called once, in the worker's event loop."""
        threading.Thread(target=self._watch, name="watcher", daemon=True).start()

    def stop(self) -> None:
        """End; at once, without waiting for the thread."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._health.interval):
            self._health.look(self._look())
            if not (verdict := self._health.live).good:
                self._stuck(verdict.why)
                return

    def _stuck(self, why: str) -> None:
        message = f"stuck: {why}. All stacks are on stderr; ending, to be started again"
        log.error(message)
        write_stacks(self._loop)
        self._failed(Fatal(message))
        if not self._over.wait(self._grace):
            print(f"reform-pulse: {message}", file=sys.stderr, flush=True)
            os._exit(1)


def write_stacks(loop: asyncio.AbstractEventLoop) -> None:
    """Write the stack of every thread, and of every task of the loop, to stderr."""
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    for task in asyncio.all_tasks(loop):
        task.print_stack(limit=_FRAMES, file=sys.stderr)
    sys.stderr.flush()
