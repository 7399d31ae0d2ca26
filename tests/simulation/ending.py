"""Liveness: once nothing goes wrong any more, everything is folded, and every number is the oracle's."""

from collections import Counter
from collections.abc import Sequence

from tests.simulation import oracle
from tests.simulation.crew import Crew
from tests.simulation.log import Record
from tests.simulation.network import TIMEOUT
from tests.simulation.place import Place
from tests.simulation.stored_cells import cell_of, is_claim


class Ending:
    """The last part of a simulation. sent: all that was ever sent."""

    def __init__(self, place: Place, crew: Crew, sent: Sequence[Record]) -> None:
        self._place, self._crew, self._sent = place, crew, sent
        self._world, self._tables = place.world, place.tables

    async def check(self) -> None:
        """Let it come to an end; then compare, and once more after a last recovery."""
        self._calm()
        await self._crew.caught_up()
        self._check_events()
        self._check_letters()
        self._check_states()
        await self._in_flight()
        await self._restart()
        self._check_states()
        self._check_counts()

    def _calm(self) -> None:
        self._world.tell("nothing goes wrong any more")
        self._world.calm = True
        for process in self._crew.everyone:
            if process.alive and process.stopped:
                self._world.loop.go_on(process)

    async def _in_flight(self) -> None:
        """Wait for requests that the store may still do."""
        over = self._world.loop.time() + 5 * TIMEOUT
        await self._crew.until(lambda: self._world.loop.time() > over, "time goes by")

    async def _restart(self) -> None:
        for worker in list(self._crew.workers):
            await self._crew.stop(worker)
        self._crew.start()
        (last,) = self._crew.workers
        await self._crew.until(lambda: last.owner.ready, "the last worker has its shards")

    def _check_events(self) -> None:
        expected = {record.event["id"]: record.value.decode() for record in self._sent if record.event}
        stored = {row["id"]: row["event"] for row in self._tables.events.values()}
        if stored != expected:
            raise self._world.fail(f"events differ: {stored.keys() ^ expected.keys()}")

    def _check_letters(self) -> None:
        log = self._place.log
        for shard in log.shards():
            topic = log.topics[shard.topic]
            for offset, record in enumerate(topic.records[shard.partition]):
                refused = self._place.watch.durable.lettered(shard, topic.identity, offset)
                if refused != (record.event is None):
                    raise self._world.fail(f"{shard}, {offset}: dead letter {refused}, event {record.event}")

    def _check_states(self) -> None:
        events = [record.event for record in self._sent if record.event]
        expected = oracle.fold({}, events)
        stored = {
            (entity, subject): oracle.stored(entity, row)
            for entity, table in self._tables.states.items()
            for subject, row in table.items()
        }
        for key in sorted(stored.keys() | expected.keys()):
            if stored.get(key) != expected.get(key):
                raise self._world.fail(
                    f"{key}: stored {stored.get(key)}, the oracle says {expected.get(key)}"
                )

    def _check_counts(self) -> None:
        expected = oracle.cells(oracle.fold({}, [record.event for record in self._sent if record.event]))
        for cube, rows in self._tables.counts.items():
            stored: Counter[oracle.Cell] = Counter()
            for row in rows.values():
                epoch = self._tables.newest(row["topic"])
                if epoch and row["epoch"] == epoch.number and not is_claim(row):
                    stored[cell_of(row)] += row["value"]
            stored = Counter({cell: value for cell, value in stored.items() if value})
            if stored != expected[cube]:
                difference = {c: (stored[c], expected[cube][c]) for c in stored | expected[cube]}
                wrong = {c: pair for c, pair in difference.items() if pair[0] != pair[1]}
                raise self._world.fail(f"{cube} cells, stored and expected: {wrong}")
