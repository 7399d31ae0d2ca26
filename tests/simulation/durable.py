"""What has to be durable before the next step: events, then states, then counts, then the commit."""

from collections.abc import Mapping, Sequence

from streams.dead_letter import DeadLetter
from streams.shard import Shard
from tests.simulation import oracle
from tests.simulation.log import Log, Record
from tests.simulation.tables import Row, Tables
from tests.simulation.world import World
from tests.simulation.writing import Expected


class Durable:
    """Looks into the tables, and at the dead letters, when told what is about to happen."""

    def __init__(self, world: World, log: Log, tables: Tables) -> None:
        self._world, self._log, self._tables = world, log, tables
        self._letters: set[tuple[str, str, int, int]] = set()

    def before_states(self, writing: Sequence[Expected]) -> None:
        """States are about to be stored: their events have to be."""
        for expected in writing:
            self._need_events(expected.records, "a state was stored before its events")

    def before_counts(self, writing: Sequence[Expected]) -> None:
        """Counts are about to be stored: the states that they count have to be."""
        for expected in writing:
            for (entity, subject), registers in expected.states.items():
                held = self._tables.states[entity].get(subject)
                if held is None or not oracle.below(registers, oracle.stored(entity, held)):
                    raise self._world.fail(f"a count was stored before the state of {subject}")

    def merged(self, entity: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
        """States were stored: none has gone down."""
        for subject, row in before.items():
            if not oracle.below(oracle.stored(entity, row), oracle.stored(entity, after[subject])):
                raise self._world.fail(f"the stored state of {entity} {subject} went down")

    def committed(self, shard: Shard, before: int, offset: int) -> None:
        """The group has taken an offset: everything before it has to be durable."""
        if offset < before:
            raise self._world.fail(f"the committed offset of {shard} went back from {before} to {offset}")
        topic = self._log.topics[shard.topic]
        records = topic.records[shard.partition]
        for at in range(before, offset):
            record = records[at]
            if record.event is None:
                if (topic.identity, *shard, at) not in self._letters:
                    raise self._world.fail(f"committed {offset} of {shard}, but {at} is in no dead letter")
                continue
            self._need_events([record], f"committed {offset} of {shard}, which is not durable")
            for (entity, subject), registers in oracle.fold({}, [record.event]).items():
                held = self._tables.states[entity].get(subject)
                if held is None or not oracle.below(registers, oracle.stored(entity, held)):
                    raise self._world.fail(f"committed {offset} of {shard}, but {subject} lacks {at}")

    def letters(self, letters: Sequence[DeadLetter]) -> None:
        """Dead letters were written."""
        for letter in letters:
            identity = self._log.topics[letter.topic].identity
            self._letters.add((identity, letter.topic, letter.partition, letter.offset))

    def lettered(self, shard: Shard, identity: str, offset: int) -> bool:
        """Whether a record is in a dead letter."""
        return (identity, *shard, offset) in self._letters

    def _need_events(self, records: Sequence[Record], what: str) -> None:
        for record in records:
            if record.event and not self._is_stored(record):
                raise self._world.fail(f"{what}: {record.event['id']} is missing")

    def _is_stored(self, record: Record) -> bool:
        event = record.event
        assert event is not None
        key = (event["type"].split(".")[2], event["subject"], event["source"], event["id"])
        held = self._tables.events.get(key)
        return held is not None and held["event"] == record.value.decode()
