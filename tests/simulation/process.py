"""A simulated process: it runs, is stopped (SIGSTOP) and continued, or is dead (kill -9)."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Process:
    """One worker process. clock: its wall clock, in microseconds since 1970 UTC; it may be wrong."""

    name: str
    clock: Callable[[], int]
    alive: bool = True
    stopped: bool = False
    held: list[tuple[Callable[..., Any], tuple[Any, ...], Context]] = field(default_factory=list)

    _fuse: int = 0
    _kind: str = ""
    _burnt: Callable[[], None] | None = None

    def light(self, steps: int, kind: str, burnt: Callable[[], None]) -> None:
        """Have something happen to it just before or just after one of its next requests of this kind."""
        self._fuse, self._kind, self._burnt = steps, kind, burnt

    def put_out(self) -> None:
        """Have nothing happen any more."""
        self._burnt = None

    def step(self, what: str) -> Callable[[], None] | None:
        """Count a request; returns what has to happen at this one."""
        self._fuse -= what.startswith(self._kind)
        burnt = self._burnt if self._fuse == 0 else None
        self._burnt = None if burnt else self._burnt
        return burnt

    @property
    def running(self) -> bool:
        """Whether its code is executed."""
        return self.alive and not self.stopped
