"""When events go out: so many a second, or when their time has come on the clock."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import polars as pl

Sleep = Callable[[float], None]

STEPS = 20
"""Batches a second at a rate."""


def at_rate(
    events: Iterable[pl.DataFrame],
    rate: float,
    monotonic: Callable[[], float],
    sleep: Sleep,
) -> Iterator[pl.DataFrame]:
    """The same events in batches, at most `rate` a second on average since the start."""
    size, start, done = max(1, round(rate / STEPS)), monotonic(), 0
    for table in events:
        for batch in table.iter_slices(size):
            ahead = done / rate - (monotonic() - start)
            if ahead > 0:
                sleep(ahead)
            yield batch
            done += batch.height


def in_step(
    events: Iterable[pl.DataFrame], now: Callable[[], datetime], sleep: Sleep
) -> Iterator[pl.DataFrame]:
    """The same events, each when its `at` is past; `now` is Vietnam's wall clock, without a zone."""
    for table in events:
        left = table
        while left.height:
            moment = now()
            due = left.filter(pl.col("at") <= moment)
            if due.height:
                yield due
            left = left.slice(due.height)
            if left.height:
                wait = (left.item(0, "at") - moment) / timedelta(seconds=1)
                sleep(min(1.0, max(0.01, wait)))
