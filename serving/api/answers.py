"""Answers that were given already, for others who ask the same before anything has changed.

A wall of boards asks the same at the same moment, whenever something has changed. One of them asks the store;
the others wait for its answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import Response

MOST_BYTES = 64 << 20


@dataclass(slots=True)
class _Turn:
    """Those who ask the same now: one after the other."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0


class Answers:
    """Answers by all that they depend on; those not asked for longest are forgotten first. For any thread."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._known: OrderedDict[str, Response] = OrderedDict()
        self._turns: dict[str, _Turn] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Wait until nobody else is about to answer the same."""
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.number += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.number -= 1
                if not turn.number:
                    del self._turns[key]

    def known(self, key: str) -> Response | None:
        """The answer, if it was given."""
        with self._lock:
            found = self._known.get(key)
            if found is None:
                return None
            self._known.move_to_end(key)
        return _copy(found)

    def keep(self, key: str, answer: Response) -> Response:
        """Keep an answer, unless it is large beside all that can be kept; returns it."""
        size = len(answer.body)
        with self._lock:
            if key not in self._known and size <= self._most // 8:
                self._known[key] = _copy(answer)
                self._bytes += size
                while self._bytes > self._most:
                    self._bytes -= len(self._known.popitem(last=False)[1].body)
        return answer


def _copy(answer: Response) -> Response:
    """What is sent is changed on its way: by compression, by the request's id."""
    made = Response(status_code=answer.status_code)
    made.body = answer.body
    made.raw_headers = list(answer.raw_headers)
    return made


class Moment:
    """A word that changes with the store, asked for at most ten times a second."""

    def __init__(self, ask: Callable[[], str], clock: Callable[[], float], seconds: float = 0.1) -> None:
        self._ask, self._clock, self._seconds = ask, clock, seconds
        self._lock = threading.Lock()
        self._known: tuple[float, str] | None = None

    def now(self) -> str:
        """The word. Raises what asking raises."""
        with self._lock:
            if self._known is None or self._clock() - self._known[0] > self._seconds:
                self._known = (self._clock(), self._ask())
            return self._known[1]
