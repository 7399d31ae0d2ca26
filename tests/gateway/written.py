"""What is in Kafka's topics, read from where the last look ended."""

import json
import time
from collections.abc import Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.contract import TOPICS

PARTITIONS = 1
PATIENCE = 60.0


class Written:
    """Reads all topics of the contract, without a group."""

    def __init__(self, kafka: str, topics: Sequence[str] = TOPICS) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": kafka,
                "group.id": "nobody",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 20,
                "log_level": 0,
            }
        )
        self._shards = [TopicPartition(topic, n, 0) for topic in topics for n in range(PARTITIONS)]
        self._consumer.assign(self._shards)

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def messages(self) -> list[Message]:
        """All that was written since the last call."""
        self._consumer.assign(self._shards)  # from the positions of last time: each shard tells its end anew
        found: list[Message] = []
        ended: set[tuple[str | None, int | None]] = set()
        deadline = time.monotonic() + PATIENCE
        while len(ended) < len(self._shards):
            assert time.monotonic() < deadline, "the topics have no end"
            for message in self._consumer.consume(1000, timeout=0.2):
                error = message.error()
                if error is None:
                    found.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    ended.add((message.topic(), message.partition()))
                else:
                    raise AssertionError(error.str())
        for message in found:
            place = (message.topic(), message.partition())
            shard = next(each for each in self._shards if (each.topic, each.partition) == place)
            shard.offset = max(shard.offset, (message.offset() or 0) + 1)
        return found

    def events(self) -> list[dict[str, Any]]:
        """The same as JSON values, sorted by id."""
        values = [json.loads(message.value() or b"") for message in self.messages()]
        return sorted(values, key=lambda event: str(event["id"]))
