"""The states of one entity in one shard: a row per subject, a pair of arrays per column."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.column import Kind, Merge
from schemas.entity import Entity
from streams.dictionary import Dictionary
from streams.facts import Facts, Rows, Values
from streams.registers import Registers
from streams.vocabulary import Vocabulary

FIRST_CAPACITY = 1 << 10


@dataclass(frozen=True, slots=True)
class Change:
    """States that a fold touched: their rows, and the chosen columns before and after (raw arrays)."""

    rows: Rows
    old: dict[str, Values]
    new: dict[str, Values]


class States:
    """Columnar states; merging facts is the fold."""

    def __init__(self, entity: Entity, vocabulary: Vocabulary) -> None:
        self.entity = entity
        self._subjects = Dictionary()  # its codes are the row numbers; row 0 is never used
        self._capacity = 0
        self.registers = {
            column.name: Registers(
                column, vocabulary.dictionary(entity.name, column.name) if column.kind.is_string else None
            )
            for column in entity.columns
        }
        self._touched = np.zeros(0, bool)

    def __len__(self) -> int:
        return self._subjects.size - 1

    def fold(self, facts: Facts, watched: frozenset[str]) -> Change:
        """Merge facts; the change holds the watched columns of every state that changed."""
        rows = self._rows(facts.subjects)
        touched = self._distinct(rows)
        old = self.raw(touched, watched)
        for name in facts.registers:
            stated = facts.stated(name)
            ours = self.registers[name].merge(rows[stated.rows], facts.times[stated.rows], stated.values)
            self._touched[ours] = True
        changed = self._touched[touched]
        self._touched[touched] = False
        kept = touched[changed]
        before = {name: values[changed] for name, values in old.items()}
        return Change(kept, before, self.raw(kept, watched))

    def load(self, frame: pl.DataFrame) -> Rows:
        """Merge stored states (`subject` and stored registers); returns their rows."""
        rows = self._rows(frame["subject"])
        for name, registers in self.registers.items():
            self._load_column(registers, rows, frame[name])
        return rows

    def stored(self, rows: Rows) -> pl.DataFrame:
        """States as the state tables hold them: `subject` and stored registers."""
        subjects = self._subjects.strings(rows.astype(np.uint32)).alias("subject")
        return pl.DataFrame([subjects, *(registers.stored(rows) for registers in self.registers.values())])

    def raw(self, rows: Rows, columns: frozenset[str]) -> dict[str, Values]:
        """Raw values of some columns."""
        return {name: self.registers[name].values[rows].astype(np.int64) for name in columns}

    def all_rows(self) -> Rows:
        """The rows of all states."""
        return np.arange(1, self._subjects.size)

    def _rows(self, subjects: pl.Series) -> Rows:
        rows = self._subjects.codes(subjects).astype(np.intp)
        if self._subjects.size > self._capacity:
            self._capacity = max(FIRST_CAPACITY, self._subjects.size, self._capacity * 2)
            self._touched = np.zeros(self._capacity, bool)
            for registers in self.registers.values():
                registers.grow(self._capacity)
        return rows

    def _distinct(self, rows: Rows) -> Rows:
        """Distinct rows without sorting: mark them, then take each mark once."""
        scratch = np.empty(self._capacity, np.intp)
        scratch[rows] = np.arange(len(rows))
        return np.take(rows, np.flatnonzero(scratch[rows] == np.arange(len(rows))))

    def _load_column(self, registers: Registers, rows: Rows, stored: pl.Series) -> None:
        if registers.column.merge is Merge.MAX:
            registers.merge(rows, rows, stored.to_numpy())
            return
        versions = stored.struct.field("version").cast(pl.Int64).to_numpy()
        said = np.flatnonzero(versions)
        values = stored.struct.field("value").gather(said)
        if registers.dictionary is not None:
            codes = registers.dictionary.codes(values.cast(pl.String)).astype(np.int64)
        elif registers.column.kind is Kind.TIME:
            codes = values.dt.timestamp("us").to_numpy()
        else:
            codes = values.cast(pl.Int64).to_numpy()
        registers.merge_versions(rows[said], versions[said], codes)
