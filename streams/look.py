"""A look at a running worker, from a thread that is not its event loop's."""

import concurrent.futures
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiokafka.errors import KafkaError

from streams.errand import Errand
from streams.reach import reachable

if TYPE_CHECKING:
    from streams.app import PulseApp


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen.

    shards: how many are loaded; None while there is no assignment. committed: the sum of their offsets.
    lag: events between those and the ends of the logs; None when the broker did not answer our client.
    away: the broker cannot be reached by anybody. tries, out, trouble: see `Errand`.
    """

    shards: int | None = None
    committed: int = 0
    lag: int | None = 0
    away: bool = False
    tries: int = 0
    out: bool = False
    trouble: str = ""


def look_at(app: "PulseApp", errand: Errand, seconds: float) -> Look:
    """Look; asks the broker for the ends of the logs, and waits for them so long at most."""
    sinks = (errand.tries, errand.out, errand.trouble)
    tenure = app.owner.tenure
    if tenure is None:
        return Look(None, 0, 0, not reachable(app.options.kafka), *sinks)
    committed = dict(tenure.committed)
    total = sum(committed.values())
    try:
        ends = app.consumer.ends(committed, seconds)
    except (KafkaError, TimeoutError, concurrent.futures.CancelledError):
        return Look(len(committed), total, None, not reachable(app.options.kafka), *sinks)
    lag = sum(max(0, ends.get(shard, offset) - offset) for shard, offset in committed.items())
    return Look(len(committed), total, lag, False, *sinks)
