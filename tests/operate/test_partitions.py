"""Adding partitions (docs/operations.md, 5): when all is folded, and with the workers stopped."""

import pytest

from schemas.contract import TOPICS
from streams.broker import Broker
from streams.settings import Settings
from streams.standing import standings
from tests.brokers import ApacheKafka, missing
from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program

STORE = ("--store", "store")
MORE = 7


@pytest.mark.long
def test_topics_are_given_more_partitions(program: Program, log: Log, broker: Broker | ApacheKafka) -> None:
    if isinstance(broker, Broker):
        pytest.skip(f"the embedded broker cannot add partitions; {missing()}")
    settings = Settings(kafka=log.bootstrap, group=log.group)
    events = sorted(feed.slice_of(80), key=lambda event: event["time"])
    half = len(events) // 2
    log.send(events[:half])
    worker = program.start("worker", *STORE)
    worker.until(log.beyond(half - 1))
    assert worker.stop() == 0, worker.output

    given = program.run("kafka", "topics", "--partitions", str(MORE))
    assert f"{len(TOPICS)} of them were given more partitions" in given
    log.client.wait_until(lambda: all(log.client.partitions(topic) == MORE for topic in TOPICS))
    log.send(events[half:])
    worker = program.start("worker", *STORE)
    worker.until(lambda: done(settings) == len(events))
    assert worker.stop() == 0, worker.output
    feed.check(program, STORE, events)


def done(settings: Settings) -> int:
    """How many records the group has behind it, in all partitions."""
    return sum(each.committed or 0 for each in standings(settings, dict.fromkeys(TOPICS, MORE)))
