"""Safety, checked at every step: what is written, in which order, what is committed, what is stored then.

1. What is written is what the oracle makes of the states loaded and the records read since.
2. Events are stored before the states that hold them, those before the counts, all before the commit.
3. A stored state never goes down.
4. Once a checkpoint is written, every stored cell of the shard is the oracle's; but for those that a worker
   which had lost the shard has overwritten late, until the next recovery (docs/simulation.md, limits).
"""

from collections.abc import Iterable, Mapping

from schemas.contract import ENTITIES, entities_of
from streams.checkpoint import Checkpoint, Epoch
from streams.generation import OFFSET_BITS
from streams.shard import Shard
from tests.simulation import oracle
from tests.simulation.durable import Durable
from tests.simulation.log import Log
from tests.simulation.process import Process
from tests.simulation.stored_cells import StoredCells, cell_of, is_claim
from tests.simulation.tables import Row, Tables
from tests.simulation.world import World
from tests.simulation.writing import Expected, Load


class Watch:
    """Told of everything; says what is wrong through `World.fail`. durable: 2 and 3. cells: 4."""

    def __init__(self, world: World, log: Log, tables: Tables) -> None:
        self._world, self._log = world, log
        self.durable, self.cells = Durable(world, log, tables), StoredCells(world, tables)
        self._starts: dict[tuple[str, Shard], int] = {}
        self._loads: dict[tuple[str, Shard], Load] = {}
        self._newest: dict[tuple[str, int, int], Load] = {}
        self._claims: dict[tuple[str, Shard], int] = {}

    def starts(self, process: Process, shard: Shard, offset: int) -> None:
        """A process was told where a shard reads on."""
        self._starts[process.name, shard] = offset

    def claimed(self, process: Process, rows: Iterable[Row]) -> None:
        """A process has claimed shards; it loads them next."""
        for row in rows:
            self._claims[process.name, Shard(row["topic"], row["partition"])] = row["version"] >> OFFSET_BITS

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
            load.generation = self._claims[process.name, shard]
            self._loads[process.name, shard] = load
            self._take_over(load)
        load = self._loads[process.name, shard]
        load.counts_read = steps
        load.states |= {(entity, subject): oracle.stored(entity, row) for subject, row in rows.items()}

    def _take_over(self, load: Load) -> None:
        key = (load.epoch.topic, load.epoch.number, load.partition)
        if key in self._newest:
            self._newest[key].newest = False
        self._newest[key] = load

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
        for cube, frame in checkpoint.counts._asdict().items():
            for row in frame.iter_rows(named=True):
                if not is_claim(row):
                    at = by_shard[row["topic"], row["partition"]]
                    self._same(f"{cube} {cell_of(row)}", row["value"], at.cells[cube][cell_of(row)])
        return expected

    def _expected(self, load: Load, reached: int) -> Expected:
        records = self._log.known(load.epoch.identity).records[load.partition]
        return Expected.at(load, reached, records[load.start : reached])

    def _same(self, what: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            raise self._world.fail(f"{what}: written is {ours}, the oracle says {theirs}")
