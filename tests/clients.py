"""Short words for what the tests of brokers do with a Kafka client; every wait ends by a condition."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

_PATIENCE = 120.0  # long, so that a busy machine is no failure


class Client:
    """Administrator, producer and consumers of one broker. patience: seconds until a wait fails."""

    def __init__(self, bootstrap: str, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._address: dict[str, str | int | float | bool] = {"bootstrap.servers": bootstrap, "log_level": 0}
        self.admin = AdminClient(self._address)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Poll until it holds; AssertionError when patience ends."""
        end = time.monotonic() + self._patience
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)

    def take(self, consumer: Consumer, number: int) -> list[Message]:
        """Read exactly so many messages; a broker's error raises KafkaException."""
        messages: list[Message] = []

        def complete() -> bool:
            messages.extend(_good(consumer.consume(number - len(messages), timeout=0.2)))
            return len(messages) == number

        self.wait_until(complete)
        return messages

    def create(self, topic: str, partitions: int = 1, config: dict[str, str] | None = None) -> None:
        """Create a topic; raises KafkaException when refused."""
        wanted = NewTopic(topic, partitions, 1, config=config or {})
        self.admin.create_topics([wanted], operation_timeout=_PATIENCE)[topic].result()
        self.wait_until(lambda: self.partitions(topic) == partitions)

    def delete(self, topic: str) -> None:
        """Delete a topic, and wait until it is gone."""
        self.admin.delete_topics([topic], operation_timeout=_PATIENCE)[topic].result()
        self.wait_until(lambda: self.partitions(topic) == 0)

    def partitions(self, topic: str) -> int:
        """Return how many partitions the topic has, 0 when it does not exist."""
        found = self.admin.list_topics(timeout=_PATIENCE).topics.get(topic)
        return len(found.partitions) if found else 0

    def ends(self, topic: str) -> dict[int, int]:
        """Return the next offset of each partition; empty when the topic does not exist."""
        with self.consumer() as consumer:
            return {
                n: consumer.get_watermark_offsets(TopicPartition(topic, n), timeout=_PATIENCE)[1]
                for n in range(self.partitions(topic))
            }

    def producer(self, **config: Any) -> Producer:
        """Return a producer; configuration names with `_` for `.`."""
        return Producer({**self._address, **_dotted(config)})

    def produce(self, topic: str, values: Iterable[bytes], partition: int = 0, **config: Any) -> list[int]:
        """Send to one partition, in one record batch if small; returns the acknowledged offsets."""
        producer = self.producer(linger_ms=1_000, **config)  # the flush below does not wait for it
        offsets: list[int] = []
        for value in values:
            producer.produce(topic, value, partition=partition, on_delivery=_collect(offsets))
        assert producer.flush(_PATIENCE) == 0
        return offsets

    @contextmanager
    def consumer(self, group: str = "nobody", **config: Any) -> Iterator[Consumer]:
        """Give a consumer that commits only when told to."""
        fixed = {"group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        times = {"session.timeout.ms": 3000, "heartbeat.interval.ms": 1000, "fetch.wait.max.ms": 50}
        consumer = Consumer({**self._address, **fixed, **times, **_dotted(config)})
        try:
            yield consumer
        finally:
            consumer.close()

    def read(
        self, topic: str, number: int, partition: int = 0, start: int = 0, **config: Any
    ) -> list[Message]:
        """Read so many messages of one partition, without a group."""
        with self.consumer(**config) as consumer:
            consumer.assign([TopicPartition(topic, partition, start)])
            return self.take(consumer, number)

    def committed(self, group: str, topic: str) -> int:
        """Return what a fresh client sees as committed for partition 0; negative: nothing."""
        with self.consumer(group) as consumer:
            return int(consumer.committed([TopicPartition(topic, 0)], timeout=_PATIENCE)[0].offset)


def values(messages: Sequence[Message]) -> list[bytes | None]:
    """Return the values of messages."""
    return [message.value() for message in messages]


def _good(messages: Sequence[Message]) -> Sequence[Message]:
    for message in messages:
        if error := message.error():
            raise KafkaException(error)
    return messages


def _collect(offsets: list[int]) -> Callable[[Any, Message], None]:
    def delivered(error: Any, message: Message) -> None:
        assert error is None, error
        offsets.append(message.offset() or 0)

    return delivered


def _dotted(config: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "."): value for name, value in config.items()}
