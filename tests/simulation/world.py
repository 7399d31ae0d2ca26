"""What everything in one simulation shares: the seed's random choices, virtual time, the story so far."""

import hashlib
from collections import deque
from datetime import UTC, datetime
from random import Random

from tests.simulation.loop import VirtualLoop

START = int(datetime(2022, 10, 1, 1, tzinfo=UTC).timestamp())
"""The wall clock at virtual time 0, in seconds since 1970."""
LAST_LINES = 60


class ViolationError(AssertionError):
    """An invariant does not hold, or the end was not reached."""


class World:
    """One simulation. calm: nothing goes wrong any more, so that the end can be reached."""

    def __init__(self, seed: int, told: bool = False) -> None:
        self.seed = seed
        self.random = Random(f"reform-pulse {seed}")  # noqa: S311 - to be repeated, not to be secret
        self.loop = VirtualLoop()
        self.calm = False
        self.failure: ViolationError | None = None
        self.story: deque[str] = deque(maxlen=None if told else LAST_LINES)
        self._digest = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        """The same for every run of the same seed."""
        return self._digest.hexdigest()

    def tell(self, what: str) -> None:
        """Add a line to the story."""
        line = f"{self.loop.time():9.3f}  {what}"
        self._digest.update(line.encode())
        self.story.append(line)

    def fail(self, what: str) -> ViolationError:
        """Note the first violation and end the simulation; returns it, to be raised where that helps."""
        if self.failure is None:
            self.tell(f"VIOLATION: {what}")
            self.failure = ViolationError(what)
            self.loop.stop()
        return self.failure

    def now(self, skew: int = 0) -> int:
        """The wall clock in microseconds since 1970 UTC."""
        return int((START + self.loop.time()) * 1_000_000) + skew

    def between(self, least: float, most: float) -> float:
        """A random number, small ones more often."""
        return least + (most - least) * self.random.random() ** 2

    def happens(self, odds: float) -> bool:
        """Whether something of these odds goes wrong now; never when calm."""
        return self.random.random() < odds and not self.calm
