"""Typed records laid side by side: per entity the envelope's columns and the stated fields, as numbers.

What a record says becomes numbers while it is in the processor's cache, and its texts are let go; ids and
subjects stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.column import Column
from schemas.entity import Entity
from streams.facts import Rows, Values
from streams.field import Field
from streams.structs import UNSET, Form
from streams.times import Times
from streams.vocabulary import Vocabulary, plain_keys

QUOTES = 26
"""Quotes of a record's seven required names and of the values of six of them."""

Mask = npt.NDArray[np.bool_]
_cells = msgspec.structs.astuple


@dataclass(slots=True)
class Gathered:
    """Records about one entity, in parts, a row each.

    forms: which rows are of which form. positions: where a record lies in its batch. moments: where its time
    is among the instants. quotes: how many the envelope must have. home: whether it lies in its partition.
    """

    entity: Entity
    vocabulary: Vocabulary
    times: Times
    count: int = 0
    forms: list[tuple[Form, int, int]] = field(default_factory=list)
    positions: list[Rows] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    sources: list[Values] = field(default_factory=list)
    moments: list[slice] = field(default_factory=list)
    quotes: list[Values] = field(default_factory=list)
    home: list[Mask] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, form: Form, records: Sequence[Any], positions: Rows) -> None:
        """Add records of one form."""
        start = self.count
        self.count += len(records)
        _, ids, sources, subjects, times, keys, contents, data = zip(*map(_cells, records), strict=True)
        self.forms.append((form, start, self.count))
        self.positions.append(positions)
        self.ids += ids
        self.subjects += subjects
        self.sources.append(self.vocabulary.sources.codes(sources))
        self.moments.append(self.times.add(times))
        self.quotes.append(QUOTES + 4 * (_given(keys).astype(np.int64) + _given(contents)))
        owners = subjects if self.entity.lies_with is None else (None,) * len(records)  # not named so far
        if form.fields:
            for column, values in zip(form.fields, zip(*map(_cells, data), strict=True), strict=True):
                self._field(column).add(start, values, self.times)
                owners = values if column.name == self.entity.lies_with else owners
        self.home.append(self._at_home(keys, owners))

    def _field(self, column: Column) -> Field:
        if (name := column.name) not in self.fields:
            in_words = name in self.entity.by_name and self.entity.by_name[name].kind.is_string
            words = self.vocabulary.words(self.entity.name, name) if in_words else None
            self.fields[name] = Field(column, words)
        return self.fields[name]

    def _at_home(self, keys: Sequence[Any], owners: Sequence[Any]) -> Mask:
        """The partition key, where given, is that of the entity (schemas.event)."""
        given = len(keys) - keys.count(UNSET)
        if (given == len(keys) and keys == owners) or (not given and self.entity.lies_with is None):
            return np.ones(len(keys), bool)
        named = [owner if isinstance(owner, str) else None for owner in owners]
        pairs = zip(keys, named, strict=True)
        home = np.fromiter((k == o or (k is UNSET) != (o is None) for k, o in pairs), bool, len(keys))
        home &= plain_keys(pl.Series(["-" if key is UNSET else key for key in keys], dtype=pl.String))
        return home


def _given(attribute: Sequence[Any]) -> Mask:
    if missing := attribute.count(UNSET):
        if missing < len(attribute):
            return np.fromiter((value is not UNSET for value in attribute), bool, len(attribute))
        return np.zeros(len(attribute), bool)
    return np.ones(len(attribute), bool)
