"""Simulated threads: real ones, of which one runs at a time, and only when the event loop hands over.

The engine's store calls block, so they need a stack of their own; but when each goes on is decided in virtual
time. An executor keeps its order as its real counterpart does: as many jobs at once as it has threads.
"""

import _thread
import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.simulation.loop import VirtualLoop

_idle: list["Fiber"] = []
Job = tuple[asyncio.Future[Any], Callable[[], Any], Context]


class Gone(BaseException):
    """Raised in a thread whose process has died, to unwind it."""


class Fiber:
    """A thread that runs only between `go_on` and its next `rest`."""

    def __init__(self) -> None:
        self._go, self._back = _thread.allocate_lock(), _thread.allocate_lock()
        self._go.acquire()
        self._back.acquire()
        self.work: Callable[[], None] | None = None
        threading.Thread(target=self._serve, daemon=True, name="fiber").start()

    def go_on(self) -> None:
        """Called in the loop: run it until it rests or ends."""
        self._go.release()
        self._back.acquire()
        if self.work is None:
            _idle.append(self)

    def rest(self) -> None:
        """Called in the fiber: give way until `go_on`."""
        self._back.release()
        self._go.acquire()

    def _serve(self) -> None:
        _here.fiber = self
        while True:
            self._go.acquire()
            assert self.work is not None
            self.work()
            self.work = None
            self._back.release()


class _Here(threading.local):
    fiber: Fiber | None = None


_here = _Here()


def current() -> Fiber:
    """The fiber that is running."""
    assert _here.fiber is not None, "store calls block: make them from a thread"
    return _here.fiber


@dataclass
class _Lane:
    """The threads of one executor."""

    size: float
    busy: int = 0
    waiting: deque[Job] = field(default_factory=deque)


class Threads:
    """All executors of the simulation."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._lanes: dict[int, _Lane] = {}
        self._executors: list[Any] = []  # kept, so that no two have the same id
        loop.executor = self.submit

    def submit(self, executor: Any, work: Callable[[], Any]) -> asyncio.Future[Any]:
        """Start the work when a thread is free; the future is cancelled like that of a real executor."""
        self._executors.append(executor)
        size = getattr(executor, "_max_workers", float("inf"))
        lane = self._lanes.setdefault(id(executor), _Lane(size))
        future = self._loop.create_future()
        lane.waiting.append((future, work, copy_context()))
        self._loop.call_soon(self._next, lane)
        return future

    def _next(self, lane: _Lane) -> None:
        while lane.waiting and lane.busy < lane.size:
            future, work, context = lane.waiting.popleft()
            if not future.cancelled():
                lane.busy += 1
                fiber = _idle.pop() if _idle else Fiber()
                fiber.work = partial(context.run, self._do, lane, future, work)
                fiber.go_on()

    def _do(self, lane: _Lane, future: asyncio.Future[Any], work: Callable[[], Any]) -> None:
        result = error = None
        try:
            result = work()
        except Gone:
            return
        except Exception as caught:
            error = caught
        lane.busy -= 1
        self._loop.call_soon(self._next, lane)
        if not future.done():
            future.set_exception(error) if error else future.set_result(result)
