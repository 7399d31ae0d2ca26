"""How the group of the workers stands in its logs: committed, kept, and how new the last record is."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.kafka_error import told
from streams.checkpoint import StoreError
from streams.kafka import librdkafka
from streams.settings import Settings
from streams.shard import Fatal, Shard

_SECONDS = 15.0
_READ_SECONDS = 3.0
_END_OF_LOG = KafkaError._PARTITION_EOF  # noqa: SLF001 - librdkafka's own codes begin so


@dataclass(frozen=True, slots=True)
class Standing:
    """One shard. committed: the group's offset, None before its first. The log has `first` to `end` - 1."""

    shard: Shard
    committed: int | None
    first: int
    end: int

    @property
    def lag(self) -> int:
        """Records that wait."""
        return max(0, self.end - max(self.first, self.committed or 0))

    @property
    def outside(self) -> bool:
        """Whether the worker could not go on where it was."""
        return self.committed is not None and not self.first <= self.committed <= self.end


def standings(settings: Settings, partitions: Mapping[str, int]) -> list[Standing]:
    """The group in some topics, given with how many partitions they have. Blocks; Fatal if Kafka refuses."""
    shards = [Shard(topic, number) for topic, count in partitions.items() for number in range(count)]
    consumer = _consumer(settings)
    try:
        asked = [TopicPartition(*shard) for shard in shards]
        committed = [found.offset for found in consumer.committed(asked, timeout=_SECONDS)]
        kept = [consumer.get_watermark_offsets(each, timeout=_SECONDS) for each in asked]
    except KafkaException as error:
        raise Fatal(f"cannot ask Kafka where the workers are: {told(error.args[0])}") from error
    finally:
        consumer.close()
    return [
        Standing(shard, offset if offset >= 0 else None, *ends)
        for shard, offset, ends in zip(shards, committed, kept, strict=True)
    ]


def holds_records(settings: Settings, shard: Shard, start: int, end: int) -> bool:
    """Whether the log still has a record between two offsets: markers of transactions are none.

    Blocks; StoreError when Kafka does not answer in time, then ask again.
    """
    consumer = _consumer(settings)
    try:
        consumer.assign([TopicPartition(*shard, start)])
        found = consumer.consume(1, timeout=_SECONDS)
    except KafkaException as error:
        raise StoreError(f"cannot look into {shard.topic}: {told(error.args[0])}") from error
    finally:
        consumer.close()
    if not found:
        raise StoreError(f"Kafka does not say what is in {shard.topic}, partition {shard.partition}")
    wrong = found[0].error()
    if wrong and wrong.code() != _END_OF_LOG:
        raise StoreError(f"cannot look into {shard.topic}: {told(wrong)}")
    return not wrong and (found[0].offset() or 0) < end


def newest(settings: Settings, found: Iterable[Standing]) -> float | None:
    """The greatest time of the shards' last records, seconds since 1970 UTC; None where there are none.

    It is the broker's or the sender's clock, as the topic has it. Blocks for some seconds at most;
    Fatal if Kafka refuses.
    """
    last = [TopicPartition(*s.shard, s.end - 1) for s in found if s.end > s.first]
    if not last:
        return None
    consumer, deadline = _consumer(settings), time.monotonic() + _READ_SECONDS
    times: dict[tuple[str | None, int | None], float] = {}
    try:
        consumer.assign(last)
        while len(times) < len(last) and time.monotonic() < deadline:
            for record in consumer.consume(len(last), timeout=0.5):
                if not record.error():
                    times[record.topic(), record.partition()] = record.timestamp()[1] / 1000
    except KafkaException as error:
        raise Fatal(f"cannot read the last records: {told(error.args[0])}") from error
    finally:
        consumer.close()
    return max(times.values(), default=None)


def _consumer(settings: Settings) -> Consumer:
    own = {
        "group.id": settings.group,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "log_level": 0,
    }
    return Consumer(librdkafka(settings) | own)
