"""What the way in does to events: some arrive twice, some arrive late. Deterministic for a seed."""

from collections.abc import Iterable
from operator import itemgetter
from random import Random

from sources.nga_nam.story import Event

REACH = 20_000
"""How many places an event may fall behind: about a fortnight of this feed."""


def scramble(
    events: Iterable[Event], seed: int, duplicates: float = 0.05, disorder: float = 0.10
) -> list[Event]:
    """The same events in another order, with copies.

    Of all events, the share `disorder` arrives up to REACH places late, and of the share `duplicates` a
    copy (the same source, id and content) arrives up to REACH places late. None is lost.
    """
    rng = Random(f"{seed}/scramble")  # noqa: S311 - reproducible, no secret
    arrivals: list[tuple[float, Event]] = []
    for place, event in enumerate(events):
        delay = rng.uniform(0, REACH) if rng.random() < disorder else 0.0
        arrivals.append((place + delay, event))
        if rng.random() < duplicates:
            arrivals.append((place + rng.uniform(0, REACH), event))
    arrivals.sort(key=itemgetter(0))
    return [event for _, event in arrivals]
