"""The store as one process sees it: the tables over the network, request by request, and watched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

import polars as pl

from schemas.contract import ENTITIES
from streams.checkpoint import Checkpoint, Cubes, Epoch, Store
from streams.dead_letter import DeadLetter
from streams.shard import Shard
from tests.simulation.network import Network
from tests.simulation.odds import Odds
from tests.simulation.process import Process
from tests.simulation.stored_cells import is_claim
from tests.simulation.tables import Row, Tables, count_frame, state_frame
from tests.simulation.watch import Watch
from tests.simulation.writing import Expected
from tests.summaries import month_of, summary

T = TypeVar("T")


class SimulatedStore(Store):
    """As `ClickHouseStore`: the same requests in the same order, each of which may fail or come late."""

    def __init__(self, process: Process, network: Network, tables: Tables, watch: Watch) -> None:
        self._process, self._network, self._tables, self._watch = process, network, tables, watch

    def epoch(self, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
        last = self._ask(f"newest epoch of {topic}", lambda: self._tables.newest(topic))
        content = Epoch(topic, last.number if last else 0, identity, partitions, fingerprint)
        if last == content:
            return content
        return self._ask(f"open an epoch of {topic}", lambda: self._tables.open(last, content))

    def states(self, entity: str, epoch: Epoch, partition: int) -> pl.DataFrame:
        return pl.concat(page[partition] for page in self.state_pages(entity, epoch, [partition]))

    def state_pages(
        self, entity: str, epoch: Epoch, partitions: Sequence[int]
    ) -> Iterator[dict[int, pl.DataFrame]]:
        """By ranges of subjects: here those with an even and those with an odd last sign."""

        def read(page: int) -> tuple[dict[int, dict[str, Row]], int]:
            found = {}
            for partition in partitions:
                rows = self._tables.states_of(ENTITIES[entity], epoch, partition)
                found[partition] = {s: row for s, row in rows.items() if ord(s[-1]) % 2 == page}
            return found, self._watch.cells.steps

        for page in (0, 1):
            what = f"load {entity} of {epoch.topic}/{partitions}"
            found, steps = self._ask(what, partial(read, page))
            for partition, rows in found.items():
                self._watch.loaded(self._process, epoch, partition, entity, rows, steps, anew=page == 0)
            if page == 0 or any(found.values()):
                kind = ENTITIES[entity]
                yield {partition: state_frame(kind, rows.values()) for partition, rows in found.items()}

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        def read() -> pl.DataFrame:
            table = self._tables.states[entity]
            return state_frame(ENTITIES[entity], [table[s] for s in subjects if s in table])

        return self._ask(f"look up {len(subjects)} of {entity}", read)

    def retire(self, topic: str) -> list[int]:
        return self._ask(f"retire epochs of {topic}", lambda: self._tables.retire(topic))

    def claims(self, epoch: Epoch, partitions: Sequence[int]) -> dict[int, int]:
        def read() -> dict[int, int]:
            rows = [row for p in partitions for row in self._tables.counts_of("hourly", epoch, p)]
            return {row["partition"]: row["version"] for row in rows if is_claim(row)}

        return self._ask(f"claims of {epoch.topic}/{partitions}", read)

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        def read(cube: str) -> tuple[pl.DataFrame, int]:
            found = [row for p in partitions for row in self._tables.counts_of(cube, epoch, p)]
            return summary(found), self._watch.cells.steps

        told = {}
        for cube in Cubes._fields:
            what = f"summary of {cube} of {epoch.topic}/{partitions}"
            told[cube], steps = self._ask(what, partial(read, cube))
            if cube == "hourly":
                for partition in partitions:
                    self._watch.reconciling(self._process, epoch, partition, steps)
        return told

    def cells(self, cube: str, epoch: Epoch, partitions: Sequence[int], month: int) -> pl.DataFrame:
        def read() -> pl.DataFrame:
            rows = [row for p in partitions for row in self._tables.counts_of(cube, epoch, p)]
            return count_frame(cube, [row for row in rows if month_of(row["bucket"]) == month])

        return self._ask(f"load {cube} of {epoch.topic}/{partitions}, month {month}", read)

    def progress(self, epoch: Epoch) -> Mapping[Shard, int]:
        return self._ask(f"progress of {epoch.topic}", lambda: self._tables.progress_of(epoch))

    def write(self, checkpoint: Checkpoint) -> None:
        """As sinks.clickhouse.writer; an empty part is no request."""
        writing = self._watch.writing(self._process, checkpoint)
        for part in self.parts(checkpoint):
            frame = self._frame(checkpoint, part)
            if frame is None or frame.height:
                self._ask(f"write {part}", partial(self._put, writing, part, frame, checkpoint))

    def parts(self, checkpoint: Checkpoint) -> list[str]:
        """The order in which a checkpoint is written."""
        return ["events", *checkpoint.states, *Cubes._fields, "progress"]

    def _frame(self, checkpoint: Checkpoint, part: str) -> pl.DataFrame | None:
        others = {"events": checkpoint.events, **checkpoint.counts._asdict()}
        return checkpoint.states[part] if part in checkpoint.states else others.get(part)

    def _put(self, writing: list[Expected], part: str, frame: pl.DataFrame | None, made: Checkpoint) -> None:
        if part == "progress" or frame is None:
            self._tables.add_progress(made.progress)
            self._watch.cells.complete(writing)
        elif part == "events":
            self._tables.add_events(frame)
        elif part in Cubes._fields:
            self._watch.durable.before_counts(writing)
            put, taken = self._tables.add_counts(part, frame)
            self._watch.claimed(self._process, filter(is_claim, put.values()))
            self._watch.cells.counted(part, writing, put, taken)
        else:
            self._watch.durable.before_states(writing)
            table = self._tables.states[part]
            before = {subject: table[subject] for subject in frame["subject"] if subject in table}
            self._tables.add_states(part, frame)
            self._watch.durable.merged(part, before, table)

    def _ask(self, what: str, step: Callable[[], T]) -> T:
        return self._network.ask(self._process, what, step)


class SimulatedLetters:
    """The dead letter topic as one process sees it."""

    def __init__(self, process: Process, network: Network, watch: Watch) -> None:
        self._process, self._network, self._watch = process, network, watch
        half = network.odds.letters / 2
        self._odds = Odds(refused=half, unanswered=half)

    def write(self, letters: Sequence[DeadLetter]) -> None:
        step = partial(self._watch.durable.letters, letters)
        self._network.ask(self._process, f"write {len(letters)} dead letters", step, self._odds)
