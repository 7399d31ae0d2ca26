"""The states of one entity in one shard: a row per subject, registers per column.

States that were not touched for long may leave memory (`evict`): the store has them. Before facts about them
are folded they must be back (`absent`, `restore`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.column import LATEST_VERSION, Merge
from schemas.entity import Entity
from schemas.instant import DAY
from streams.evicted import Evicted, Hashes
from streams.facts import Facts, Rows, Values
from streams.index import Numbers, room
from streams.registers import Registers
from streams.subjects import Subjects, digests
from streams.vocabulary import Vocabulary

FIRST_CAPACITY = 1 << 10
PRIME = np.uint64(1_099_511_628_211)  # FNV's


@dataclass(frozen=True, slots=True)
class Change:
    """States that a fold changed: their rows, and the chosen columns before and after (raw arrays)."""

    rows: Rows
    old: dict[str, Values]
    new: dict[str, Values]


class States:
    """Columnar states; merging facts is the fold."""

    def __init__(self, entity: Entity, vocabulary: Vocabulary) -> None:
        self.entity = entity
        self.evicted = Evicted()
        self._changed: list[tuple[Rows, pl.Series]] = []  # since they were taken: rows and subjects
        self._subjects = Subjects()
        self._capacity = 0
        self._registers = {
            column.name: Registers(
                column, vocabulary.dictionary(entity.name, column.name) if column.kind.is_string else None
            )
            for column in entity.columns
        }
        self._touched = np.zeros(0, bool)
        self._days = np.zeros(0, np.uint16)  # of the newest event that was known when the state was touched
        self.today = 0

    def __len__(self) -> int:
        return len(self._subjects)

    def fold(self, facts: Facts, watched: frozenset[str]) -> Change:
        """Merge facts; the change holds the watched columns of every state that changed."""
        rows = self.rows(facts.subjects)
        touched, first = np.unique(rows, return_index=True)
        self.today = max(self.today, int(facts.times.max(initial=0)) // DAY)
        self._days[touched] = self.today
        old = self.raw(touched, watched)
        for name in facts.registers:
            stated = facts.stated(name)
            ours = self._registers[name].merge(rows[stated.rows], facts.times[stated.rows], stated.values)
            self._touched[ours] = True
        changed = self._touched[touched]
        self._touched[touched] = False
        kept = touched[changed]
        if len(kept):
            self._changed.append((kept, facts.subjects.gather(first[changed])))
        before = {name: values[changed] for name, values in old.items()}
        return Change(kept, before, self.raw(kept, watched))

    def take_changed(self) -> pl.DataFrame | None:
        """The states that folds have changed since the last call, as `stored`; None: there are none."""
        if not self._changed:
            return None
        rows, first = np.unique(self._changed_rows(), return_index=True)
        subjects = pl.concat([subjects for _, subjects in self._changed], rechunk=True)
        self.settle()
        return self.stored(rows, subjects.gather(first))

    def settle(self) -> None:
        """Take no state as changed."""
        self._changed.clear()

    def load(self, frame: pl.DataFrame) -> Rows:
        """Merge stored states (`subject`, stored registers), of one row each or several; returns our rows."""
        before = len(self)
        rows = self.rows(frame["subject"])
        fresh = len(self) - before == len(rows)
        for name, registers in self._registers.items():
            self._load_column(registers, rows, frame[name], fresh=fresh)
        return rows if fresh else np.unique(rows)

    def stored(self, rows: Rows, subjects: pl.Series) -> pl.DataFrame:
        """States as the state tables hold them: `subject` and stored registers."""
        columns = (registers.stored(rows) for registers in self._registers.values())
        return pl.DataFrame([subjects.alias("subject"), *columns])

    def raw(self, rows: Rows, columns: frozenset[str]) -> dict[str, Values]:
        """Raw values of some columns."""
        return {name: self._registers[name].values(rows) for name in columns}

    def rows(self, subjects: pl.Series) -> Rows:
        """The rows of subjects; new ones are added, nothing stated."""
        rows = self._subjects.rows(digests(subjects))
        if len(self) > self._capacity:
            self._capacity = room(max(FIRST_CAPACITY, len(self)), self._capacity)
            more = (0, self._capacity - len(self._touched))
            self._touched, self._days = np.pad(self._touched, more), np.pad(self._days, more)
            for registers in self._registers.values():
                registers.grow(self._capacity)
        return rows

    def absent(self, subjects: pl.Series) -> pl.Series:
        """Those subjects whose states have left memory; nearly always none."""
        if not len(self.evicted):
            return subjects.clear()
        hashes = digests(subjects)
        gone = ~self._subjects.known(hashes)
        gone[gone] = self.evicted.has(hashes.first[gone])
        return subjects.filter(pl.Series(gone)).unique()

    def restore(self, absent: pl.Series, frame: pl.DataFrame) -> bool:
        """Take states back that had left; False if one is not what it was, and then all have to be loaded.

        Subjects that only look as if they had left get an empty state, as any new one.
        """
        self._days[self.rows(absent)] = self.today
        rows = self.load(frame)
        return bool(self.evicted.agrees(self._subjects.keys(rows), self._digests(rows)).all())

    def idle(self, before: int) -> Rows:
        """States that were last touched before a day (since 1970) and are not taken as changed."""
        idle = self._days[: len(self)] < before
        idle[self._changed_rows()] = False
        return np.flatnonzero(idle)

    def date(self, rows: Rows) -> None:
        """Set the days of loaded states to those of their newest statements."""
        newest = np.zeros(len(rows), np.int64)
        for registers in self._registers.values():
            versions = registers.versions(rows)
            if registers.column.merge is Merge.FIRST:
                versions = np.where(versions > 0, LATEST_VERSION - versions, 0)
            np.maximum(newest, versions, out=newest)
        self._days[rows] = newest // DAY
        self.today = max(self.today, int(self._days[rows].max(initial=0)))

    def evict(self, rows: Rows) -> None:
        """Forget states (of `idle`), which the store must hold. All others are numbered anew."""
        self.evicted.add(self._subjects.keys(rows), self._digests(rows))
        stays = np.ones(len(self), bool)
        stays[rows] = False
        kept = np.flatnonzero(stays)
        self._capacity = room(max(FIRST_CAPACITY, len(kept)), len(kept))
        more = (0, self._capacity - len(kept))
        self._touched, self._days = np.zeros(self._capacity, bool), np.pad(self._days[kept], more)
        for registers in self._registers.values():
            registers.keep(kept, self._capacity)
        self._subjects.keep(kept)
        self._changed = [(self.rows(subjects), subjects) for _, subjects in self._changed]

    def _changed_rows(self) -> Rows:
        return np.concatenate([np.zeros(0, np.intp), *(rows for rows, _ in self._changed)])

    def _digests(self, rows: Rows) -> Hashes:
        total = np.zeros(len(rows), np.uint64)
        for registers in self._registers.values():
            total = total * PRIME + registers.digests(rows)
        return total

    def _load_column(self, registers: Registers, rows: Rows, stored: pl.Series, *, fresh: bool) -> None:
        """fresh: the rows are all different, and nothing is known of them."""
        if registers.column.merge is Merge.MAX:
            values = stored.to_numpy()
            said = np.flatnonzero(values > registers.unset)
            merge = registers.put if fresh else registers.merge
            merge(rows[said], said, values[said])
            return
        held = stored.struct.unnest()
        versions = held["version"].cast(pl.Int64).to_numpy()
        said = np.flatnonzero(versions)
        if len(said):
            values = _codes(registers, held["value"].filter(pl.Series(versions != 0)))
            merge_versions = registers.put if fresh else registers.merge_versions
            merge_versions(rows[said], versions[said], values)


def _codes(registers: Registers, values: pl.Series) -> Numbers:
    if registers.dictionary is not None:
        return registers.dictionary.codes(values.cast(pl.String)).astype(np.int64)
    return values.cast(pl.Int64).to_numpy()
