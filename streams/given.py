"""The targets given by reference data, as last read: a worker shows them without waiting for the store."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from schemas.reference.target import Targets

log = logging.getLogger(__name__)

Read = Callable[[], Targets]
"""Reads the targets in force; blocks, and raises whatever the store raises."""


class Given:
    """`targets` is None until the first reading is through. Call from one thread; another one reads."""

    def __init__(self, read: Read, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._thread = ThreadPoolExecutor(1, "targets")
        self._reading: Future[None] | None = None
        self._asked = -seconds
        self._last: Targets | None = None

    def targets(self) -> Targets | None:
        """What is known; in the background it is read again when it is older than so many seconds."""
        now = time.monotonic()
        idle = self._reading is None or self._reading.done()
        if idle and now - self._asked >= self._seconds:
            self._asked, self._reading = now, self._thread.submit(self._refresh)
        return self._last

    def _refresh(self) -> None:
        try:
            self._last = self._read()
        except Exception as error:  # of whatever kind: numbers go on without targets of their own
            log.warning("the targets could not be read, the last ones stand: %s", error)
