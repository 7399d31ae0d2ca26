"""One field of many records: its values as numbers, put down part by part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from schemas.column import Column, Kind
from schemas.instant import LATEST
from streams.facts import Rows, Values
from streams.stored import stored
from streams.structs import UNSET
from streams.times import Times
from streams.vocabulary import ABSENT, REFUSED, Words


@dataclass(slots=True)
class Field:
    """The values of one field. A part is a number per row, or says where its instants are.

    words: the dictionary of a string column. Keys, as many as entities, are only looked up at the end.
    """

    column: Column
    words: Words | None
    rows: list[Rows] = field(default_factory=list)
    parts: list[Values | slice] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)

    def add(self, start: int, values: Sequence[Any], times: Times) -> None:
        """Put down values, UNSET where a record has none, of the rows from `start`."""
        if values.count(UNSET) == len(values):
            return
        if self.column.kind is Kind.TIME and set(map(type, values)) != {str}:
            cleared = [row for row, value in enumerate(values, start) if value is None]
            texts = [row for row, value in enumerate(values, start) if isinstance(value, str)]
            self._put(np.array(cleared, np.intp), np.zeros(len(cleared), np.int64))
            self._put(np.array(texts, np.intp), times.add([values[row - start] for row in texts]))
            return
        rows = np.arange(start, start + len(values))
        if self.column.kind is Kind.KEY:
            self.rows.append(rows)
            self.keys += values
        elif self.column.kind is Kind.TIME:
            self._put(rows, times.add(values))
        else:
            self._put(rows, stored(self.column, self.words, values))

    def _put(self, rows: Rows, part: Values | slice) -> None:
        self.rows.append(rows)
        self.parts.append(part)

    def values(self, count: int, instants: Values, latest: int) -> Values:
        """A number for each of so many rows: the stored value, ABSENT or REFUSED."""
        result = np.full(count, ABSENT)
        if self.rows:
            result[np.concatenate(self.rows)] = self._all(instants, latest)
        return result

    def _all(self, instants: Values, latest: int) -> Values:
        if self.words is not None and self.keys:
            return self.words.codes_of_keys(self.keys)
        values = np.concatenate([instants[part] if isinstance(part, slice) else part for part in self.parts])
        if self.column.kind is Kind.TIME:
            values[(values < 0) | (values > (LATEST if self.column.ahead else latest))] = REFUSED
        return values
