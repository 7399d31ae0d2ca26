"""The simulated log: topics of partitions of records; one can be created anew or be given more partitions."""

from dataclasses import dataclass, field
from typing import Any

from streams.shard import Shard
from tests.simulation.partitioner import partition_of


@dataclass(frozen=True)
class Record:
    """What a producer sent. event: what it says, None if it has to be refused."""

    value: bytes
    key: str
    event: dict[str, Any] | None


@dataclass
class Topic:
    """One log of a topic. identity and partitions are what the engine asks for (streams.engine.Log).

    starts: the first offset that is kept, per partition. floors: the lowest to which a rewind makes sense.
    """

    name: str
    identity: str
    records: list[list[Record]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    floors: list[int] = field(default_factory=list)

    @property
    def partitions(self) -> int:
        return len(self.records)

    def grow(self, partitions: int) -> None:
        """Give it so many partitions; what was there stays where it is."""
        self.floors = [len(records) for records in self.records]
        while self.partitions < partitions:
            for part in (self.records, self.starts, self.floors):
                part.append([] if part is self.records else 0)  # type: ignore[arg-type]

    def send(self, record: Record) -> None:
        """Append it to the partition of its key."""
        self.records[partition_of(record.key, self.partitions)].append(record)

    def view(self) -> "View":
        """What a broker tells about it now."""
        return View(self.identity, self.partitions)


@dataclass(frozen=True)
class View:
    """An answer about a topic."""

    identity: str
    partitions: int


class Log:
    """All topics, and the logs that were there before under the same names."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self._known: dict[str, Topic] = {}

    def create(self, name: str, identity: str, partitions: int) -> Topic:
        """Create a topic, in place of one of that name if there is one."""
        topic = Topic(name, identity)
        topic.grow(partitions)
        self.topics[name] = self._known[identity] = topic
        return topic

    def known(self, identity: str) -> Topic:
        """A log by its identity, whether it is still there or not."""
        return self._known[identity]

    def shards(self) -> list[Shard]:
        """All shards, in order."""
        topics = sorted(self.topics.items())
        return [Shard(name, number) for name, topic in topics for number in range(topic.partitions)]

    def end(self, shard: Shard) -> int:
        """The offset after the last record."""
        return len(self.topics[shard.topic].records[shard.partition])

    def holds(self, shard: Shard, start: int, end: int) -> bool:
        """Whether a record is kept between two offsets."""
        return max(start, self.start(shard)) < min(end, self.end(shard))

    def start(self, shard: Shard) -> int:
        """The first offset that is kept."""
        return self.topics[shard.topic].starts[shard.partition]
