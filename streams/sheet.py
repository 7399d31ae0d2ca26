"""Gathered records of one entity, understood: stored values, verdicts, and what the events state."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.entity import Entity, Own
from schemas.event import store
from streams.facts import Facts, Rows, Values
from streams.gathered import Gathered
from streams.stored import instants, stored
from streams.structs import UNSET
from streams.vocabulary import ABSENT, ODD, REFUSED, Vocabulary, plain_keys

QUOTES = 26
"""Quotes of a record's seven required names and of the values of six of them."""

Mask = npt.NDArray[np.bool_]


class Sheet:
    """A row per record; `positions` says where each lies in its batch.

    latest: the latest instant that may have happened, microseconds since 1970 UTC.
    """

    def __init__(self, entity: Entity, ours: Gathered, vocabulary: Vocabulary, latest: int) -> None:
        self._entity, self._ours, self._vocabulary = entity, ours, vocabulary
        self.positions = np.concatenate(ours.positions)
        self._subjects = pl.Series(ours.subjects, dtype=pl.String)
        self._ids = pl.Series(ours.ids, dtype=pl.String)
        self._times = instants(ours.times, latest)
        self._columns = {name: self._column(name, latest) for name in ours.fields}

    def _column(self, name: str, latest: int) -> Values:
        field = self._ours.fields[name]
        in_words = field.column.kind.is_string and name in self._entity.by_name
        words = self._vocabulary.words(self._entity.name, name) if in_words else None
        column = np.full(len(self.positions), ABSENT)
        column[field.rows()] = stored(field.column, words, field.values, latest)
        return column

    @cached_property
    def fine(self) -> Mask:
        """The rows in which every value is surely good."""
        fine: Mask = (self._times != REFUSED) & self._sources() & self._at_home()
        fine &= plain_keys(self._subjects) & plain_keys(self._ids, ODD)
        for column in self._columns.values():
            fine &= column != REFUSED
        return fine

    @cached_property
    def quotes(self) -> Values:
        """How many quotes each record must have: two for a name, two for a text."""
        quotes = np.full(len(self.positions), QUOTES)
        for attribute in (self._ours.partitionkeys, self._ours.contenttypes):
            if len(given := _given(attribute)):
                quotes[given] += 4
        for name, column in self._columns.items():
            kind = self._ours.fields[name].column.kind
            quotes += 2 * (column != ABSENT)
            if kind.is_text:
                quotes += 2 * ((column != ABSENT) & (column != 0))
        return quotes

    def facts(self, taken: Rows) -> Facts:
        """What the records of these rows state."""
        facts = Facts(self._entity, self._subjects.gather(taken), self._times[taken], self.positions[taken])
        for name, column in self._states().items():
            chosen = column[taken]
            rows = np.flatnonzero(chosen != ABSENT)
            facts.state(name, rows, chosen[rows])
        return facts

    def events(self, taken: Rows, facts: Facts) -> pl.DataFrame:
        """The envelopes of these rows: entity, type, source, id, subject, time, position."""
        types = pl.Series([form.type for form, _, _ in self._ours.forms], dtype=pl.String)
        lengths = [stop - start for _, start, stop in self._ours.forms]
        return pl.DataFrame(
            {
                "entity": pl.Series([self._entity.name], dtype=pl.String).new_from_index(0, len(taken)),
                "type": types.gather(np.repeat(np.arange(len(types)), lengths)[taken]),
                "source": pl.Series(self._ours.sources, dtype=pl.String).gather(taken),
                "id": self._ids.gather(taken),
                "subject": facts.subjects,
                "time": facts.times,
                "position": facts.positions.astype(np.int64),
            }
        )

    def _states(self) -> dict[str, Values]:
        """By column: the event's own values, over them copies, over them what `data` names."""
        result: dict[str, Values] = {}
        for form, start, stop in self._ours.forms:
            rows = slice(start, stop)
            for name, value in form.event.states.items():
                own = self._times[rows] if value is Own.TIME else self._constant(name, value)
                self._of(result, name)[rows] = own
            for field, columns in form.event.choices.items():
                codes = form.entity.extras[field].codes
                for value, name in columns.items():
                    chosen = self._columns[field][rows] == codes.index(value) + 1
                    self._of(result, name)[rows][chosen] = self._times[rows][chosen]
            for name, origin in form.event.copies.items():
                copied, unset = self._columns[origin][rows], self._unset(origin)
                there = (copied != ABSENT) & (copied != unset)
                self._of(result, name)[rows][there] = copied[there]
        for name in self._columns.keys() & self._entity.by_name.keys():
            column = self._columns[name]
            result[name] = np.where(column != ABSENT, column, result[name]) if name in result else column
        return result

    def _of(self, result: dict[str, Values], name: str) -> Values:
        return result.setdefault(name, np.full(len(self.positions), ABSENT))

    def _constant(self, name: str, value: Own | str | int | bool) -> int:
        column = self._entity.by_name[name]
        stated = column.kind.unset if value is Own.CLEAR else store(column, value)
        return (
            self._vocabulary.dictionary(self._entity.name, name).code(stated)
            if isinstance(stated, str)
            else stated
        )

    def _unset(self, name: str) -> int:
        unset = self._ours.fields[name].column.kind.unset
        return unset if isinstance(unset, int) else 0

    def _sources(self) -> Mask:
        sources = self._ours.sources
        names = pl.Series(list(set(sources)), dtype=pl.String)
        odd = set(names.filter(pl.Series(~plain_keys(names))))
        if not odd:
            return np.ones(len(sources), bool)
        return np.fromiter((source not in odd for source in sources), bool, len(sources))

    def _at_home(self) -> Mask:
        """The partition key, where given, is that of the entity (schemas.event)."""
        keys, owners = self._ours.partitionkeys, self._owners()
        if self._entity.lies_with is None and keys.count(UNSET) == len(keys):
            return np.ones(len(keys), bool)
        pairs = zip(keys, owners, strict=True)
        home = np.fromiter((k == o or (k is UNSET) != (o is None) for k, o in pairs), bool, len(keys))
        if self._entity.lies_with:
            home &= plain_keys(pl.Series(["-" if key is UNSET else key for key in keys], dtype=pl.String))
        return home

    def _owners(self) -> Sequence[str | None]:
        if self._entity.lies_with is None:
            return self._ours.subjects
        owners: list[str | None] = [None] * len(self.positions)
        if field := self._ours.fields.get(self._entity.lies_with):
            for row, value in zip(field.rows().tolist(), field.values, strict=True):
                owners[row] = value if isinstance(value, str) else None
        return owners


def _given(attribute: Sequence[object]) -> Rows:
    return np.array([row for row, value in enumerate(attribute) if value is not UNSET], np.intp)
