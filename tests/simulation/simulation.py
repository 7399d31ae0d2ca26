"""One simulation from one seed."""

import asyncio
import logging
from dataclasses import dataclass

from tests.simulation.group import Group
from tests.simulation.log import Log
from tests.simulation.loop import DeadlockError
from tests.simulation.network import Network
from tests.simulation.odds import Odds
from tests.simulation.place import Place
from tests.simulation.scenario import Scenario
from tests.simulation.tables import Tables
from tests.simulation.threads import Threads
from tests.simulation.watch import Watch
from tests.simulation.world import World

COMMAND = "python -m tests.simulation --seeds 1 --from {seed} --story"


@dataclass(frozen=True)
class Outcome:
    """How one seed ended. failure: what was violated, "" if nothing was. overwritten: see Watch."""

    seed: int
    failure: str
    story: tuple[str, ...]
    fingerprint: str
    seconds: float
    overwritten: int

    def __str__(self) -> str:
        again = COMMAND.format(seed=self.seed)
        return "\n".join((*self.story, f"seed {self.seed}: {self.failure}", f"run it again: {again}"))


def simulate(seed: int, told: bool = False) -> Outcome:
    """Run one seed; the outcome is always the same. told: keep the whole story, not its end alone."""
    logging.getLogger("streams").setLevel(logging.CRITICAL)
    world = World(seed, told)
    place = _placed(world)
    Threads(world.loop)
    asyncio.set_event_loop(None)
    ending = world.loop.create_task(Scenario(place).run())
    try:
        world.loop.run_until_complete(ending)
    except (DeadlockError, RuntimeError, AssertionError) as error:
        if world.failure is None:
            world.fail(repr(error))
    finally:
        _close(world, place)
    said = str(world.failure or "")
    return Outcome(
        seed, said, tuple(world.story), world.fingerprint, world.loop.time(), place.watch.cells.overwritten
    )


def _placed(world: World) -> Place:
    log, tables = Log(), Tables()
    watch = Watch(world, log, tables)
    group = Group(world, log, watch.durable.committed)
    return Place(world, log, group, Network(world, Odds.drawn(world.random)), tables, watch)


def _close(world: World, place: Place) -> None:
    place.network.unwind()
    world.loop.bury()
