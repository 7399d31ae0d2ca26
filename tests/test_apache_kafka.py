"""The real Kafka of the tests over stop, kill and restart: later tests of outages lean on this."""

from collections.abc import Iterator

import pytest
from confluent_kafka import TopicPartition

from streams import topics
from streams.settings import Settings
from tests.brokers import ApacheKafka, missing
from tests.clients import Client, values

NUMBERED = [b"%d" % number for number in range(100)]


@pytest.fixture
def kafka() -> Iterator[ApacheKafka]:
    """A Kafka of its own: the session's must not be killed."""
    if reason := missing():
        pytest.skip(reason)
    with ApacheKafka() as broker:
        yield broker


def test_what_was_acknowledged_survives_a_kill_and_a_stop(kafka: ApacheKafka) -> None:
    client = Client(kafka.bootstrap)
    client.create("log", 2)
    client.produce("log", NUMBERED, acks="all")
    before = topics.describe(Settings(kafka=kafka.bootstrap), ["log"])
    with client.consumer("group") as consumer:
        consumer.commit(offsets=[TopicPartition("log", 0, 42)], asynchronous=False)

    kafka.kill()
    kafka.restart()
    assert client.produce("log", [b"more"]) == [100]
    kafka.restart()  # stops it in good order first

    assert values(client.read("log", 101)) == [*NUMBERED, b"more"]
    assert client.committed("group", "log") == 42
    assert topics.describe(Settings(kafka=kafka.bootstrap), ["log"]) == before
