"""An event loop in virtual time, shared by all simulated processes: nothing waits, every run is the same.

When nothing is ready, time jumps to the next timer. What a process has scheduled is dropped once it is dead,
and held back while it is stopped (SIGSTOP): the rest of the world goes on.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any

from tests.simulation.process import Process

PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)
"""Whose code is running; None: the world's."""


class DeadlockError(Exception):
    """Nothing is scheduled any more, and the simulation has not ended."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Virtual time in seconds from 0."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = self  # `select` is where a real loop waits
        self._now = 0.0
        self._numbers = itertools.count()
        self.tasks: list[NumberedTask] = []  # all: one collected in mid-run would be run to its end
        self.set_task_factory(self._task)  # type: ignore[arg-type]
        self.set_exception_handler(lambda *_: None)
        self.executor: Callable[[Any, Callable[[], Any]], asyncio.Future[Any]]

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise DeadlockError
        self._now += timeout
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> asyncio.Handle:
        return super().call_soon(_run, _process_of(context), callback, args, context=context)

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return super().call_at(when, _run, _process_of(context), callback, args, context=context)

    def go_on(self, process: Process) -> None:
        """Continue a stopped process (SIGCONT): what was held back happens now."""
        process.stopped = False
        held, process.held = process.held, []
        for callback, args, context in held:
            self.call_soon(callback, *args, context=context)

    def bury(self) -> None:
        """At the end: close what was left in mid-run."""
        for task in self.tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                task.get_coro().close()  # type: ignore[union-attr]
        self.tasks.clear()
        self.close()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:
        """Threads are simulated, too (`threads.py`)."""
        return self.executor(executor, lambda: func(*args))

    def _task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
    ) -> "NumberedTask":
        task = NumberedTask(next(self._numbers), work, loop=loop, **options)
        self.tasks.append(task)
        return task


class NumberedTask(asyncio.Task[Any]):
    """A task that lies in sets by its number, not its address: they have the same order every time."""

    def __init__(self, number: int, work: Coroutine[Any, Any, Any], **options: Any) -> None:
        self.number = number
        super().__init__(work, **options)

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


def _process_of(context: Context | None) -> Process | None:
    return PROCESS.get() if context is None else context.get(PROCESS)


def _run(process: Process | None, callback: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if process is None or process.running:
        callback(*args)
    elif process.alive:
        process.held.append((callback, args, copy_context()))


def here() -> Process:
    """The process whose code is running."""
    process = PROCESS.get()
    assert process is not None
    return process
