"""Typed records laid side by side: per entity the envelope's columns and the stated fields as they came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from schemas.column import Column
from streams.facts import Rows
from streams.structs import Form

_cells = msgspec.structs.astuple


@dataclass(slots=True)
class Field:
    """All values of one field, UNSET where a record leaves it out. spans: the rows of whose form it is."""

    column: Column
    values: list[Any] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def rows(self) -> Rows:
        """The rows of the values."""
        return np.concatenate([np.arange(start, stop) for start, stop in self.spans])


@dataclass(slots=True)
class Gathered:
    """Records about one entity.

    forms: which rows are of which form. positions: where they lie in the batch.
    """

    ids: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    partitionkeys: list[Any] = field(default_factory=list)
    contenttypes: list[Any] = field(default_factory=list)
    positions: list[Rows] = field(default_factory=list)
    forms: list[tuple[Form, int, int]] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, form: Form, records: Sequence[Any], positions: Rows) -> None:
        """Add records of one form."""
        start = len(self.ids)
        span = start, start + len(records)
        _, ids, sources, subjects, times, keys, contents, data = zip(*map(_cells, records), strict=True)
        self.ids += ids
        self.sources += sources
        self.subjects += subjects
        self.times += times
        self.partitionkeys += keys
        self.contenttypes += contents
        self.positions.append(positions)
        self.forms.append((form, *span))
        if form.fields:
            for column, values in zip(form.fields, zip(*map(_cells, data), strict=True), strict=True):
                mine = self.fields.setdefault(column.name, Field(column))
                mine.values += values
                mine.spans.append(span)
