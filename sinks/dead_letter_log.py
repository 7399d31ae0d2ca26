"""The dead letters that are open, and the records that they are about, read back from Kafka.

A letter is settled by a record of its key without a value, as Kafka's compaction understands it. One that
came twice, because the worker repeated a batch, is one letter; one that comes after it was settled is open.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from confluent_kafka import (
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

from schemas.kafka_error import told
from sinks.dead_letters import from_json, key
from streams.checkpoint import StoreError
from streams.dead_letter import READERS, DeadLetter

GAP = 1_000
"""Records between two wanted ones that are read over rather than jumped over."""
CLOCKS = timedelta(minutes=10)
"""A record may seem to be so much younger than its refusal: clocks differ."""
SILENCE = 10.0
SHORT = 3.0
ENDS = (
    KafkaError._PARTITION_EOF,  # noqa: SLF001 - its only name
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
)
"""What says that there is nothing more: a shard may have been deleted since."""


class DeadLetterLog:
    """Reads the topic of dead letters; ends with `close` or a `with` block. Calls block."""

    def __init__(
        self, kafka: str, topic: str, patience: float = SILENCE, way: Mapping[str, Any] | None = None
    ) -> None:
        """`patience`: seconds without any answer until Kafka is given up. `way`: as of `DeadLetterTopic`."""
        self._kafka, self._topic, self._patience = kafka, topic, patience
        self._way = {"bootstrap.servers": kafka} | dict(way or {})
        self._consumer = Consumer(
            {
                **self._way,
                "group.id": READERS,  # nothing is committed in its name
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 50,
                "log_level": 2,
            }
        )

    def open_letters(self) -> list[DeadLetter]:
        """All that are not settled, by when they were refused."""
        letters: dict[bytes, DeadLetter] = {}
        for message in self._records([TopicPartition(self._topic, n, 0) for n in self._partitions()]):
            letter = _letter(message)
            if letter is None:
                letters.pop(message.key() or b"", None)
            else:
                letters[key(letter)] = letter
        return sorted(
            letters.values(), key=lambda each: (each.refused_at, each.topic, each.partition, each.offset)
        )

    def originals(self, letters: Iterable[DeadLetter]) -> Iterator[tuple[DeadLetter, bytes | None]]:
        """The letters with the records that they are about; None where the log does not have it any more."""
        shards: dict[tuple[str, int], list[DeadLetter]] = {}
        for letter in letters:
            shards.setdefault((letter.topic, letter.partition), []).append(letter)
        for found in shards.values():
            for run in _runs(sorted(found, key=lambda each: each.offset)):
                yield from self._run(run)

    def settle(self, letters: Sequence[DeadLetter]) -> None:
        """Close letters; they are closed for everybody when it returns."""
        producer = Producer(self._way | {"acks": "all", "enable.idempotence": True})
        try:
            for letter in letters:
                producer.produce(self._topic, key=key(letter), value=None)
                producer.poll(0)
            left = producer.flush(self._patience)
        except (KafkaException, BufferError) as error:
            raise StoreError(f"Kafka topic {self._topic} cannot be written: {error}") from error
        if left:
            raise StoreError(
                f"Kafka topic {self._topic} did not take {left} of {len(letters)} settled letters"
            )

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def __enter__(self) -> "DeadLetterLog":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _partitions(self) -> Iterable[int]:
        try:
            topics = self._consumer.list_topics(timeout=self._patience).topics
        except KafkaException as error:
            raise StoreError(f"Kafka at {self._kafka} does not answer: {told(error.args[0])}") from error
        return topics[self._topic].partitions if self._topic in topics else ()

    def _run(self, run: list[DeadLetter]) -> Iterator[tuple[DeadLetter, bytes | None]]:
        first, last = run[0], run[-1]
        wanted, found = {letter.offset: letter for letter in run}, {}
        for message in self._records(
            [TopicPartition(first.topic, first.partition, first.offset)], last.offset
        ):
            letter = wanted.get(message.offset() or 0)
            if letter and _is_of(message, letter.refused_at):
                found[letter.offset] = message.value()
        for letter in run:
            yield letter, found.get(letter.offset)

    def _records(self, shards: list[TopicPartition], last: int | None = None) -> Iterator[Message]:
        """The records of shards from their offsets on, to the end they have now, or to the offset `last`."""
        self._consumer.assign(shards)
        ahead, heard = {shard.partition for shard in shards}, time.monotonic()
        while ahead:
            for message in self._consumer.consume(1_000, timeout=0.2):
                heard, error = time.monotonic(), message.error()
                if error is None and (last is None or (message.offset() or 0) <= last):
                    yield message
                if error is None and last is not None and (message.offset() or 0) >= last:
                    return
                if error is not None:
                    if error.code() not in ENDS:
                        raise StoreError(
                            f"Kafka topic {message.topic() or self._topic} cannot be read: {told(error)}"
                        )
                    ahead.discard(message.partition())  # it may be said again: of a log that grew meanwhile
            if time.monotonic() - heard > (self._patience if last is None else SHORT):
                self._partitions()  # it answers: some brokers say nothing of an offset beyond the log's end
                if last is None:
                    raise StoreError(f"Kafka topic {self._topic} has no end")
                return


def _letter(message: Message) -> DeadLetter | None:
    value = message.value()
    if not value:
        return None
    try:
        return from_json(value)
    except (ValueError, KeyError, TypeError) as error:
        place = f"{message.topic()}/{message.partition()}/{message.offset()}"
        raise StoreError(f"{place} is no dead letter of this program: {type(error).__name__}") from error


def _runs(letters: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Letters of one shard in the order of their offsets, parted where it is far from one to the next."""
    run: list[DeadLetter] = []
    for letter in letters:
        if run and letter.offset - run[-1].offset > GAP:
            yield run
            run = []
        run.append(letter)
    yield run


def _is_of(message: Message, refused_at: datetime) -> bool:
    """Whether it is the record that was refused, and not one of a newer log at the same offset."""
    kind, milliseconds = message.timestamp()
    if kind == TIMESTAMP_NOT_AVAILABLE:
        return True
    return datetime.fromtimestamp(milliseconds / 1000, refused_at.tzinfo) <= refused_at + CLOCKS
