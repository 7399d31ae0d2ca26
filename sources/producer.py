"""Producing events into Kafka: acknowledged by every replica, in the partition of their key."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.kafka_error import told

HEADERS = [("content-type", b"application/cloudevents+json")]
RAW: list[tuple[str, bytes]] = []
"""Of payloads of source systems: what they are is said by their topic."""
CONFIGURATION: dict[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    # Java's default. Every producer of a topic must agree, or an entity's events end in two partitions.
    "partitioner": "murmur2_random",
    "linger.ms": 20,
    "compression.type": "lz4",
    "log_level": 2,
}


class SendError(Exception):
    """Kafka did not take the events; the message says why."""


@contextmanager
def _refusals() -> Iterator[None]:
    """After a fatal error, such as that the user may write nothing, every call raises."""
    try:
        yield
    except (KafkaException, SystemError) as error:
        # A SystemError is the same, met by a delivery report that was told within the same call.
        cause = error if isinstance(error, KafkaException) else error.__cause__
        if not isinstance(cause, KafkaException):
            raise
        raise SendError(f"Kafka did not take the events: {told(cause.args[0])}") from cause


class EventProducer:
    """Sends records; `close` (or the end of a `with` block) waits until all are acknowledged."""

    def __init__(self, kafka: str, timeout: float = 30.0, way: Mapping[str, Any] | None = None) -> None:
        """`kafka`: bootstrap servers. `timeout`: seconds until a record is given up.

        `way`: address and security as `streams.kafka.librdkafka` gives them.
        """
        self._timeout = timeout
        limits = {"bootstrap.servers": kafka, "message.timeout.ms": int(timeout * 1000)}
        self._producer = Producer(CONFIGURATION | dict(way or {}) | limits)
        self._failures: list[str] = []

    def send(
        self,
        topic: str,
        key: str | None,
        record: bytes,
        acknowledged: Callable[[], None] | None = None,
        headers: list[tuple[str, bytes]] = HEADERS,
    ) -> None:
        """Queue a record; waits only while the queue is full. Raises SendError once one was not taken."""
        self._check()

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                self._failures.append(told(error))
            elif acknowledged is not None:
                acknowledged()

        fields: dict[str, Any] = {"value": record, "headers": headers}
        if key is not None:
            fields["key"] = key.encode()
        with _refusals():
            while True:
                try:
                    self._producer.produce(topic, **fields, on_delivery=delivered)
                except BufferError:
                    self._producer.poll(0.1)
                else:
                    break
            self._producer.poll(0)

    def flush(self) -> None:
        """Wait until all records are acknowledged; raises SendError if some are not."""
        with _refusals():
            left = self._producer.flush(self._timeout)
        self._check()
        if left:
            raise SendError(f"{left} events were not acknowledged within {self._timeout:g} s")

    def _check(self) -> None:
        if self._failures:
            raise SendError(f"Kafka did not take the events: {self._failures[0]}")

    def __enter__(self) -> "EventProducer":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.flush()
