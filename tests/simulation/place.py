"""Where workers run: what all of them share."""

from dataclasses import dataclass

from tests.simulation.group import Group
from tests.simulation.log import Log
from tests.simulation.network import Network
from tests.simulation.tables import Tables
from tests.simulation.watch import Watch
from tests.simulation.world import World


@dataclass(frozen=True)
class Place:
    """One world's parts."""

    world: World
    log: Log
    group: Group
    network: Network
    tables: Tables
    watch: Watch
