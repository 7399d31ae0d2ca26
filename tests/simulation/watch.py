"""Safety, checked at every step: what is written, in which order, what is committed, what is stored then.

1. What is written is what the oracle makes of the states loaded and the records read since.
2. Events are stored before the states that hold them, those before the counts, all before the commit.
3. A stored state never goes down.
4. Once a checkpoint is written, every stored cell of the shard is the oracle's; but for those that a worker
   which had lost the shard has overwritten late, until the next recovery (docs/simulation.md, limits).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.contract import ENTITIES, entities_of
from streams.checkpoint import Checkpoint, Epoch
from streams.dead_letter import DeadLetter
from streams.generation import OFFSET_BITS
from streams.shard import Shard
from tests.simulation import oracle
from tests.simulation.log import Log, Record
from tests.simulation.process import Process
from tests.simulation.tables import Row, Tables
from tests.simulation.world import World
from tests.simulation.writing import Expected, Load

Key = tuple[Any, ...]
KEYS = {"topic", "epoch", "partition", "value", "version"}


class Watch:
    """Told of everything; says what is wrong through `World.fail`. overwritten: how often 4 says "but"."""

    def __init__(self, world: World, log: Log, tables: Tables) -> None:
        self._world, self._log, self._tables = world, log, tables
        self._starts: dict[tuple[str, Shard], int] = {}
        self._loads: dict[tuple[str, Shard], Load] = {}
        self._newest: dict[tuple[str, int, int], Load] = {}
        self._writers: dict[str, dict[Key, tuple[Load, int]]] = {"hourly": {}, "daily": {}}
        self._letters: set[tuple[str, str, int, int]] = set()
        self.steps = 0  # of the store, so far
        self.overwritten = 0

    def starts(self, process: Process, shard: Shard, offset: int) -> None:
        """A process was told where a shard reads on."""
        self._starts[process.name, shard] = offset

    def loaded(
        self,
        process: Process,
        epoch: Epoch,
        partition: int,
        entity: str,
        rows: Mapping[str, Row],
        steps: int,
        *,
        anew: bool,
    ) -> None:
        """A process has read states of a shard; `anew`: the first page of an entity."""
        shard = Shard(epoch.topic, partition)
        if anew and entity == entities_of(epoch.topic)[0].name:
            load = Load(process.name, epoch, partition, self._starts[process.name, shard])
            self._loads[process.name, shard] = load
            self._newest[epoch.topic, epoch.number, partition] = load
        load = self._loads[process.name, shard]
        load.counts_read = steps
        load.states |= {(entity, subject): oracle.stored(entity, row) for subject, row in rows.items()}

    def reconciling(self, process: Process, epoch: Epoch, partition: int, steps: int) -> None:
        """A process has read the cells of a shard."""
        self._loads[process.name, Shard(epoch.topic, partition)].counts_read = steps

    def writing(self, process: Process, checkpoint: Checkpoint) -> list[Expected]:
        """A process is about to write: is it the right thing?"""
        expected = [
            self._expected(self._loads[process.name, Shard(p.epoch.topic, p.partition)], p.next_offset)
            for p in checkpoint.progress
        ]
        for e in expected:
            e.load.last = e
        by_shard = {(e.load.epoch.topic, e.load.partition): e for e in expected}
        for entity, frame in checkpoint.states.items():
            topic = ENTITIES[entity].topic
            for row in frame.iter_rows(named=True):
                e = by_shard[topic, row["partition"]["value"]]
                theirs = e.states.get((entity, row["subject"]))
                self._same(f"state of {row['subject']}", oracle.stored(entity, row), theirs)
        for cube, frame in (("hourly", checkpoint.hourly), ("daily", checkpoint.daily)):
            for row in frame.iter_rows(named=True):
                if not row["measure"].startswith("("):
                    at = by_shard[row["topic"], row["partition"]]
                    self._same(f"{cube} {cell_of(row)}", row["value"], at.cells[cube][cell_of(row)])
        return expected

    def _expected(self, load: Load, reached: int) -> Expected:
        records = self._log.known(load.epoch.identity).records[load.partition]
        return Expected.at(load, reached, records[load.start : reached])

    def _same(self, what: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            raise self._world.fail(f"{what}: written is {ours}, the oracle says {theirs}")

    def before_states(self, writing: Sequence[Expected]) -> None:
        """States are about to be stored: their events have to be."""
        for expected in writing:
            self._need_events(expected.records, "a state was stored before its events")

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

    def merged(self, entity: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
        """States were stored: none has gone down."""
        for subject, row in before.items():
            if not oracle.below(oracle.stored(entity, row), oracle.stored(entity, after[subject])):
                raise self._world.fail(f"the stored state of {entity} {subject} went down")

    def before_counts(self, writing: Sequence[Expected]) -> None:
        """Counts are about to be stored: the states that they count have to be."""
        for expected in writing:
            for (entity, subject), registers in expected.states.items():
                held = self._tables.states[entity].get(subject)
                if held is None or not oracle.below(registers, oracle.stored(entity, held)):
                    raise self._world.fail(f"a count was stored before the state of {subject}")

    def counted(self, cube: str, writing: Sequence[Expected], taken: Sequence[tuple[Key, Row]]) -> None:
        """Cells were stored; `taken`: those that stay."""
        self.steps += 1
        loads = {(e.load.epoch.topic, e.load.partition): e.load for e in writing}
        for key, row in taken:
            load = loads[row["topic"], row["partition"]]
            load.generation = max(load.generation, row["version"] >> OFFSET_BITS)
            self._writers[cube][key] = (load, self.steps)

    def complete(self, writing: Sequence[Expected]) -> None:
        """A checkpoint is written: what is stored for its shards now?"""
        for e in writing:
            load = e.load
            newest = self._newest[load.epoch.topic, load.epoch.number, load.partition]
            if newest is load and load.last is e:
                for cube in ("hourly", "daily"):
                    self._compare(cube, e)

    def _compare(self, cube: str, expected: Expected) -> None:
        load, left = expected.load, dict(expected.cells[cube])
        for key, row in self._tables.counts[cube].items():
            if (row["topic"], row["epoch"], row["partition"]) == (
                load.epoch.topic,
                load.epoch.number,
                load.partition,
            ) and not row["measure"].startswith("("):
                value = left.pop(cell_of(row), 0)
                if value != row["value"]:
                    self._differs(cube, key, row, load, value)
        if left:
            raise self._world.fail(f"{cube} cells are missing in the store: {left}")

    def _differs(self, cube: str, key: Key, row: Row, load: Load, value: int) -> None:
        other, step = self._writers[cube][key]
        older = row["version"] >> OFFSET_BITS <= load.generation
        late = other is not load and older and step > load.counts_read
        if not late:
            raise self._world.fail(
                f"{cube} {cell_of(row)} is {row['value']} in the store, the oracle says {value} for"
                f" {load.process} at offset {load.start}.."
            )
        self.overwritten += 1

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


def cell_of(row: Row) -> Key:
    """The key of a cell in the oracle."""
    return tuple(value for name, value in row.items() if name not in KEYS)
