"""What the tests ask of the broker besides the program: the group's offsets, raw records, dead letters."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.contract import TOPICS, TYPES
from sources.nga_nam import Event
from sources.producer import EventProducer
from streams.settings import Settings
from streams.shard import Shard
from streams.topics import ensure
from tests.clients import Client
from tests.e2e.feed import line
from tests.e2e.program import PATIENCE

PARTITIONS = 4
STARTING = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
)
"""What a broker says that has just started."""
LETTERS = "reform.dead-letters"


class Log:
    """The contract's topics at one broker, as a group sees them."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self.bootstrap, self.group = bootstrap, group
        self.client = Client(bootstrap)
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "log_level": 0})

    def close(self) -> None:
        """Close the connections."""
        self._consumer.close()

    def clear(self) -> None:
        """Delete the topics of the contract: the next worker or sender makes new logs."""
        there = self.client.admin.list_topics(timeout=30).topics
        for topic in (*TOPICS, LETTERS):
            if topic in there:
                self.client.delete(topic)

    def committed(self) -> dict[Shard, int]:
        """The offsets committed by the group; only those there are.

        Asked as a consumer that joins nothing: librdkafka's admin client (2.16) crashes the process when
        the group's coordinator is not up yet.
        """
        wanted = [TopicPartition(topic, number) for topic in TOPICS for number in range(PARTITIONS)]
        found: list[TopicPartition] = []

        def answered() -> bool:
            try:
                found[:] = self._consumer.committed(wanted, timeout=PATIENCE)
            except KafkaException as error:
                if error.args[0].code() not in STARTING:
                    raise
                return False
            return True

        self.client.wait_until(answered)
        return {Shard(p.topic, p.partition): p.offset for p in found if p.offset >= 0}

    def done(self) -> int:
        """How many records the group has behind it, in logs that start at 0."""
        return sum(self.committed().values())

    def beyond(self, number: int) -> Callable[[], bool]:
        """Whether the group has more than so many records behind it, as a condition to wait for."""
        return lambda: self.done() > number

    def send(self, events: Iterable[Event]) -> None:
        """Send events as `reform-pulse send` does, without the two seconds that a process takes to start."""
        ensure(Settings(kafka=self.bootstrap), TOPICS, PATIENCE)
        with EventProducer(self.bootstrap) as producer:
            for event in events:
                key = str(event.get("partitionkey") or event["subject"])
                producer.send(TYPES[event["type"]].entity.topic, key, line(event))

    def put(self, topic: str, records: Iterable[bytes], partition: int = 0) -> list[int]:
        """Send raw records past the program's own checks; returns their offsets."""
        return self.client.produce(topic, records, partition)

    def letters(self, number: int | None = None) -> list[dict[str, Any]]:
        """Read so many dead letters, else all there are, in the order of what they are about."""
        wanted = sum(self.client.ends(LETTERS).values()) if number is None else number
        with self.client.consumer() as consumer:
            consumer.assign([TopicPartition(LETTERS, each, 0) for each in range(PARTITIONS)])
            found = self.client.take(consumer, wanted)
        letters = [json.loads(message.value() or b"") for message in found]
        return sorted(letters, key=lambda letter: (letter["topic"], letter["partition"], letter["offset"]))
