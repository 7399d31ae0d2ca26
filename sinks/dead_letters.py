"""Dead letters into their Kafka topic.

Record: key `topic/partition/offset` of what was refused, so that a replay finds its own key again; value one
JSON object in UTF-8 with the fields of `streams.dead_letter.DeadLetter`, `refused_at` in RFC 3339; header
`content-type: application/json`:

    {"topic": "reform.dossiers", "partition": 3, "offset": 17, "source": "/h51/one-stop",
     "reason": "bad_time", "reason_vi": "...", "reason_en": "...", "field": "due_at", "value": "99/99/9999",
     "refused_at": "2022-07-01T08:15:00+07:00"}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.kafka_error import told
from streams.checkpoint import StoreError
from streams.dead_letter import DeadLetter, DeadLetters

HEADERS = [("content-type", b"application/json")]


def key(letter: DeadLetter) -> bytes:
    """The record key."""
    return f"{letter.topic}/{letter.partition}/{letter.offset}".encode()


def to_json(letter: DeadLetter) -> bytes:
    """The record value."""
    fields = asdict(letter) | {"refused_at": letter.refused_at.isoformat()}
    return json.dumps(fields, ensure_ascii=False).encode()


def from_json(value: bytes) -> DeadLetter:
    """Read a record value; raises ValueError, KeyError or TypeError for anything else."""
    fields: dict[str, Any] = json.loads(value)
    return DeadLetter(**fields | {"refused_at": datetime.fromisoformat(fields["refused_at"])})


class DeadLetterTopic(DeadLetters):
    """The engine's dead letters. One caller at a time; connects with the first letter.

    kafka: bootstrap servers. way: address and security as `streams.kafka.librdkafka` gives them. timeout:
    seconds until `write` gives up.
    """

    def __init__(
        self, kafka: str, topic: str, timeout: float = 10.0, way: Mapping[str, Any] | None = None
    ) -> None:
        self._topic, self._timeout = topic, timeout
        self._way = {"bootstrap.servers": kafka} | dict(way or {})
        self._producer: Producer | None = None

    def write(self, letters: Sequence[DeadLetter]) -> None:
        """Produce all and wait until every replica has them; raises StoreError, then repeat it."""
        if not letters:
            return
        failures: list[str] = []

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failures.append(told(error))

        try:
            producer = self._connected()
            for letter in letters:
                self._produce(producer, letter, delivered)
            waiting = producer.flush(self._timeout)
        except (KafkaException, BufferError) as error:
            failures.append(str(error))
            waiting = 0
        if failures or waiting:
            self._drop()
            cause = failures[0] if failures else f"no answer within {self._timeout:g} s"
            raise StoreError(f"Kafka topic {self._topic} did not take the dead letters: {cause}")

    def _produce(self, producer: Producer, letter: DeadLetter, delivered: Any) -> None:
        record = {"key": key(letter), "value": to_json(letter), "headers": HEADERS, "on_delivery": delivered}
        try:
            producer.produce(self._topic, **record)
        except BufferError:  # the queue is full: wait for room, once
            producer.poll(self._timeout)
            producer.produce(self._topic, **record)

    def _connected(self) -> Producer:
        if self._producer is None:
            self._producer = Producer(
                {
                    **self._way,
                    "acks": "all",
                    "enable.idempotence": True,
                    "message.timeout.ms": int(self._timeout * 1000),
                    "linger.ms": 5,
                    # What goes wrong is said by StoreError; librdkafka would write to stderr besides.
                    "log_level": 2,
                }
            )
        return self._producer

    def _drop(self) -> None:
        """Forget the producer: what it still holds would come on top of the repetition."""
        if self._producer is not None:
            self._producer.purge()
            self._producer = None

    def close(self) -> None:
        """Forget the producer; nothing is lost, because `write` waits."""
        self._drop()
