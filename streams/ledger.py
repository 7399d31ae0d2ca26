"""The ledger of one shard: the states of its entities and the counts derived from them.

Pure computing, no input or output: facts go in, changed states and changed cells come out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.contract import entities_of
from streams import generation
from streams.checkpoint import COUNT_COLUMNS, NO_CELLS, Cubes, Epoch, Progress
from streams.count_table import ROWS, cell_keys, complete
from streams.derive import Derivation, Family, FamilyCells
from streams.domain import Domain
from streams.facts import Facts
from streams.index import Numbers
from streams.states import States
from streams.summary import digests, months

SHARE = 8
"""States leave memory when they are at least one in so many."""


@dataclass(slots=True)
class _Page:
    """One entity in the ledger."""

    derivation: Derivation
    states: States
    cells: list[FamilyCells]


class Ledger:
    """States and counts of one shard in one epoch.

    next_offset: everything before it is in here. generation: this owner's number among all of the shard.
    """

    def __init__(self, epoch: Epoch, partition: int, domain: Domain, next_offset: int = 0) -> None:
        self.epoch, self.partition, self.next_offset = epoch, partition, next_offset
        self.generation = 0
        self._looked = 0  # the day on which `evict` last looked
        self._pages = {
            entity.name: _Page(derivation, States(entity, domain.vocabulary), derivation.new_cells())
            for entity in entities_of(epoch.topic)
            for derivation in (domain.derivations[entity.name],)
        }

    def fold(self, facts: Mapping[str, Facts], next_offset: int) -> dict[str, Numbers]:
        """Fold facts; they reach up to `next_offset`. Returns the agency codes of the changed states."""
        agencies = {}
        for name, ours in facts.items():
            page = self._pages[name]
            change = page.states.fold(ours, page.derivation.watched)
            page.derivation.apply(change, page.cells)
            agencies[name] = change.new["agency"]
        self.next_offset = next_offset
        return agencies

    def load_states(self, entity: str, frame: pl.DataFrame) -> None:
        """Merge stored states and count them; neither they nor their cells are taken as changed."""
        if frame.is_empty():
            return
        page = self._pages[entity]
        rows = page.states.load(frame)
        page.states.date(rows)
        page.derivation.count(page.states.raw(rows, page.derivation.watched), page.cells)
        self._looked = 0

    def absent(self, facts: Mapping[str, Facts]) -> dict[str, pl.Series]:
        """The subjects of facts whose states have left memory, by entity; fold the facts after `restore`."""
        absent = {name: self._pages[name].states.absent(ours.subjects) for name, ours in facts.items()}
        return {name: subjects for name, subjects in absent.items() if len(subjects)}

    def restore(self, absent: Mapping[str, pl.Series], states: Mapping[str, pl.DataFrame]) -> bool:
        """Take back states that had left, as the store has them; they are counted already.

        False: the store has changed them since, so this ledger is of no use any more; recover it anew.
        """
        same = [self._pages[name].states.restore(absent[name], frame) for name, frame in states.items()]
        return all(same)

    def evict(self, days: int) -> int:
        """Let states leave memory which no event has touched for so many days; 0: none. Returns how many.

        The days are those of the shard's events, not of a clock. The store must hold all states but those
        that `take_states` has not yet given away.
        """
        today = max(page.states.today for page in self._pages.values())
        if not days or today == self._looked:
            return 0
        self._looked = today
        return sum(_evict(page.states, today - days) for page in self._pages.values())

    def compare(self, stored: Mapping[str, pl.DataFrame]) -> dict[str, list[int]]:
        """After loading states, compare with the stored cells by month.

        stored: of the shard, by cube, in SUMMARY_COLUMNS. Returns by cube the months that have to be
        reconciled. All cells of months that the store lacks are changed now; they will be written in a new
        generation.
        """
        doubted = {}
        for cube, rows in stored.items():
            ours, theirs = self._digests(cube), dict(rows.select("month", "digest").iter_rows())
            lacking = [month for month in ours if month not in theirs]
            self.reconcile(cube, lacking, NO_CELLS[cube])
            doubted[cube] = [month for month, digest in theirs.items() if ours.get(month, 0) != digest]
        return doubted

    def reconcile(self, cube: str, within: Sequence[int], stored: pl.DataFrame) -> None:
        """Compare with the stored cells of some months: those that it lacks or has otherwise are changed."""
        for derivation, family, cells in self.families() if within else ():
            ours = getattr(cells, cube)
            names = [measure.name for measure in family.measures]
            rows = stored.filter(pl.col("measure").is_in(names)) if len(stored) else stored
            measures, places, buckets = cell_keys(derivation, family, rows, cube)
            numbers = ours.rows(places, buckets)
            _, all_buckets, _ = ours.table()
            here = np.isin(months(cube, all_buckets), within)
            ours.reconcile(here, measures, numbers, rows["value"].to_numpy())

    def _digests(self, cube: str) -> dict[int, int]:
        """The digest of each month with cells."""
        total: dict[int, int] = {}
        for derivation, family, cells in self.families():
            for month, digest in digests(derivation, family, cube, getattr(cells, cube)).items():
                total[month] = (total.get(month, 0) + digest) % 2**64
        return total

    @property
    def changed(self) -> int:
        """How many cells have changed since they were last taken."""
        return sum(cells.changed for _, _, cubes in self.families() for cells in cubes)

    def take_states(self) -> dict[str, pl.DataFrame]:
        """The states changed since the last call, as the state tables hold them."""
        taken = {}
        for name, page in self._pages.items():
            frame = page.states.take_changed()
            if frame is not None:
                taken[name] = frame.insert_column(1, self._partition(len(frame)))
        return taken

    def settle_states(self) -> None:
        """Take no state as changed: for those who do not store them."""
        for page in self._pages.values():
            page.states.settle()

    def take_counts(self) -> Cubes:
        """The cells changed since the last call, at our version."""
        taken: dict[str, list[pl.DataFrame]] = {cube: [] for cube in Cubes._fields}
        for derivation, family, cells in self.families():
            for cube, ours in zip(Cubes._fields, cells, strict=True):
                changed = ours.take_changed()
                if len(changed.values):
                    taken[cube].append(ROWS[cube](derivation, family, changed))
        keys = (self.epoch, self.partition, self.version)
        made = {cube: complete(rows, COUNT_COLUMNS[cube], *keys) for cube, rows in taken.items() if rows}
        return Cubes.none()._replace(**made)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many states are in memory, and how many have left it at least once."""
        states = [page.states for page in self._pages.values()]
        return sum(map(len, states)), sum(len(each.evicted) for each in states)

    @property
    def version(self) -> int:
        """The version of a count written now."""
        return generation.version(self.generation, self.next_offset)

    def claim(self) -> pl.DataFrame:
        """An hourly row that counts nothing and shows our generation to the next owner."""
        return generation.claim(self.epoch, self.partition, self.version)

    @property
    def progress(self) -> Progress:
        """How far this ledger reaches."""
        return Progress(self.epoch, self.partition, self.next_offset)

    def families(self) -> list[tuple[Derivation, Family, FamilyCells]]:
        """All families of measures with their cells."""
        return [
            (page.derivation, family, cells)
            for page in self._pages.values()
            for family, cells in zip(page.derivation.families, page.cells, strict=True)
        ]

    def _partition(self, count: int) -> pl.Series:
        value = {"version": self.epoch.number, "value": self.partition}
        kind = pl.Struct({"version": pl.UInt64(), "value": pl.UInt32()})
        return pl.Series("partition", [value], dtype=kind).new_from_index(0, count)


def _evict(states: States, before: int) -> int:
    idle = states.idle(before)
    if not len(idle) or len(idle) * SHARE < len(states):
        return 0  # moving all others would not pay yet
    states.evict(idle)
    return len(idle)
