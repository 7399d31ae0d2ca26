"""Requests from a process to the store and to the broker: they take time, get lost, or lose their reply.

A request that is under way when its process dies or is stopped may be done all the same.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVar

from streams.checkpoint import StoreError
from tests.simulation.odds import Odds
from tests.simulation.process import Process
from tests.simulation.threads import Fiber, Gone, current
from tests.simulation.world import World

T = TypeVar("T")
TIMEOUT = 4.0
"""Seconds until a client of the store gives up."""
INSTANT = 0.0001
SURE = Odds()
"""For requests that the transport repeats by itself until they are answered."""


class Network:
    """Draws the fate of each request. down: the store answers nobody. mute: whose commits get lost."""

    def __init__(self, world: World, odds: Odds) -> None:
        self.world, self.odds = world, odds
        self.down = False
        self.mute: set[Process] = set()
        self._resting: dict[Fiber, Process] = {}

    def ask(self, process: Process, what: str, step: Callable[[], T], odds: Odds | None = None) -> T:
        """A blocking request to the store, called in a fiber. Raises StoreError."""
        fate = self._fate(odds or self.odds)
        sent = self.world.between(0.0005, 0.02) if fate != "slow" else self.world.between(0.5, TIMEOUT - 0.5)
        outcome: list[Any] = []
        if fate not in ("refused", "lost"):
            late = self.world.between(TIMEOUT, 4 * TIMEOUT) if fate == "belated" else sent
            self._later(late, lambda: outcome.append(self._done(process, what, step)))
        answered = fate in ("", "slow", "refused")
        answer = sent + self.world.between(0.0005, 0.02) if answered else sent + TIMEOUT
        self.spark(process, what, sent)
        self._rest(process, answer)
        if fate not in ("", "slow"):
            self.world.tell(f"{process.name}: {what}: {fate}")
            raise StoreError(f"{what}: {fate}")
        if isinstance(outcome[0], StoreError):
            raise outcome[0]
        result: T = outcome[0]
        return result

    def _fate(self, odds: Odds) -> str:
        if self.world.calm:
            return ""
        if self.down and odds is not SURE:
            return "refused"
        luck = self.world.random.random()
        for fate in ("refused", "unanswered", "lost", "belated", "slow"):
            luck -= getattr(odds, fate)
            if luck < 0:
                return fate
        return ""

    def _done(self, process: Process, what: str, step: Callable[[], T]) -> Any:
        if not process.alive and self.world.random.random() < 0.5:
            return None  # it had not been sent yet
        self.world.tell(f"{process.name}: {what}")
        try:
            return step()
        except StoreError as error:
            return error

    def _later(self, seconds: float, step: Callable[[], Any]) -> None:
        def at() -> None:
            if self.world.failure is None:
                try:
                    step()
                except AssertionError as error:
                    self.world.fail(str(error))

        self.world.loop.call_later(seconds, at, context=Context())

    def _rest(self, process: Process, seconds: float) -> None:
        fiber = current()
        self._resting[fiber] = process
        self.world.loop.call_later(seconds, self._wake, fiber)
        fiber.rest()
        if not process.alive:
            raise Gone

    def _wake(self, fiber: Fiber) -> None:
        del self._resting[fiber]
        fiber.go_on()

    def unwind(self) -> None:
        """At the end: let go of the threads of dead processes."""
        for fiber, process in list(self._resting.items()):
            process.alive = False
            self._wake(fiber)

    def spark(self, process: Process, what: str, sent: float) -> None:
        """A request that arrives after so many seconds may be the one at which the process is hit."""
        if burnt := process.step(what):
            self._later(sent + self.world.random.choice((-INSTANT, INSTANT)), burnt)

    async def travel(self, least: float = 0.0005, most: float = 0.02) -> None:
        """The way of a message to or from the broker."""
        await asyncio.sleep(self.world.between(least, most))
