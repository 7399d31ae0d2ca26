"""Gathered records of one entity, understood: stored values, verdicts, and what the events state."""

from functools import cached_property

import numpy as np
import polars as pl

from schemas.entity import Own
from schemas.event import store
from streams.checkpoint import WORD
from streams.facts import Facts, Rows, Values
from streams.gathered import Gathered, Mask
from streams.vocabulary import ABSENT, ODD, REFUSED, plain_keys


class Sheet:
    """A row per record; `positions` says where each lies in its batch.

    instants: those that the gathered parts point to. latest: the latest that may have happened; both in
    microseconds since 1970 UTC.
    """

    def __init__(self, ours: Gathered, instants: Values, latest: int) -> None:
        self._entity, self._ours, self._latest = ours.entity, ours, latest
        self.positions = np.concatenate(ours.positions)
        self._subjects = pl.Series(ours.subjects, dtype=pl.String)
        self._ids = pl.Series(ours.ids, dtype=pl.String)
        self._sources = np.concatenate(ours.sources)
        self._times = np.concatenate([instants[part] for part in ours.moments])
        self._columns = {
            name: field.values(ours.count, instants, latest)
            for name, field in ours.fields.items()
            if field.rows
        }

    @cached_property
    def fine(self) -> Mask:
        """The rows in which every value is surely good."""
        fine: Mask = (self._times >= 0) & (self._times <= self._latest) & (self._sources != REFUSED)
        fine &= np.concatenate(self._ours.home) & plain_keys(self._subjects) & plain_keys(self._ids, ODD)
        for column in self._columns.values():
            fine &= column != REFUSED
        return fine

    @cached_property
    def quotes(self) -> Values:
        """How many quotes each record must have: two for a name, two for a text."""
        quotes = np.concatenate(self._ours.quotes)
        for name, column in self._columns.items():
            given = column != ABSENT
            quotes += 2 * given
            if self._ours.fields[name].column.kind.is_text:
                quotes += 2 * (given & (column != 0))
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
        types = pl.Series([form.type for form, _, _ in self._ours.forms], dtype=WORD)
        names = self._ours.vocabulary.sources.dictionary
        lengths = [stop - start for _, start, stop in self._ours.forms]
        return pl.DataFrame(
            {
                "entity": pl.Series([self._entity.name], dtype=WORD).new_from_index(0, len(taken)),
                "type": types.gather(np.repeat(np.arange(len(types)), lengths)[taken]),
                "source": names.words(self._sources[taken].astype(np.uint32)),
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
                if origin in self._columns:
                    copied = self._columns[origin][rows]
                    there = (copied != ABSENT) & (copied != self._unset(origin))
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
            self._ours.vocabulary.dictionary(self._entity.name, name).code(stated)
            if isinstance(stated, str)
            else stated
        )

    def _unset(self, name: str) -> int:
        unset = self._ours.fields[name].column.kind.unset
        return unset if isinstance(unset, int) else 0
