"""SIGTERM while events keep coming: the worker ends in good order before its own limit."""

import threading

from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program

STORE = ("--store", "store")


def test_sigterm_under_load(program: Program, log: Log) -> None:
    """Its exit code would be 1 if the limit had ended it."""
    events = feed.slice_of(10)
    sending = threading.Thread(target=log.send, args=(events,))
    worker = program.start("worker", *STORE, checkpoint_rows=500)
    sending.start()
    worker.until(log.beyond(0))
    assert worker.stop() == 0, worker.output
    assert "read again" not in worker.output, "what was folded was flushed"
    sending.join()
    assert log.done() < len(events), "it ended too late to test anything"
    last = program.start("worker", *STORE)
    last.until(log.beyond(len(events) - 1))
    assert last.stop() == 0
    feed.check(program, STORE, events)
