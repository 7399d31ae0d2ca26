"""kill -9 at any moment, again and again, over many events; the short version is in tests/e2e."""

import signal

import pytest

from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program

KILLS = 20
STORE = ("--store", "store")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_kills_over_two_hundred_thousand_events(program: Program, log: Log) -> None:
    events = feed.slice_of(1, 0.6)
    assert len(events) > 200_000
    log.send(events)
    reached = 0
    for _ in range(KILLS):
        worker = program.start("worker", *STORE, checkpoint_rows=2_000, fetch_max_bytes=100_000)
        worker.until(log.beyond(reached + len(events) // (2 * KILLS)))
        assert worker.stop(signal.SIGKILL) == -signal.SIGKILL
        reached = log.done()
    assert reached < len(events), "killed too late to test anything"
    last = program.start("worker", *STORE)
    last.until(log.beyond(len(events) - 1))
    assert last.stop() == 0
    feed.check(program, STORE, events)
