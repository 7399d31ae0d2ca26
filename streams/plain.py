"""The fast path of decoding: many records of one event type at once, by Polars.

It takes only what it has surely understood: what the byte screen counts must be exactly what was read, and
every value must pass. Everything else is left to the careful reader, so both accept, refuse and yield the
same (held by a property test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic_core import from_json

from schemas.column import Column, Kind
from schemas.contract import Declared
from schemas.entity import Own
from schemas.event import CLOCK_SKEW, store
from schemas.instant import LATEST
from schemas.models import INTEGER_LIMIT, TEXT_LENGTH
from schemas.privacy import AS_KEY
from streams.facts import Facts, Rows, Values
from streams.instants import parse
from streams.screen import Screen, screen
from streams.vocabulary import Vocabulary

REQUIRED = ("specversion", "id", "source", "type", "subject", "time")
OPTIONAL = ("partitionkey", "datacontenttype")
ODD = "[^!-?A-~]|(?i:mat|secre|confiden)"
"""Blanks, signs outside ASCII, "@" and secrecy words: rare in keys and ids, decided by the careful reader."""
ODD_KEY = f"{ODD}|{AS_KEY}"
JSON_TYPES: dict[Kind, pl.DataType] = {Kind.FLAG: pl.Boolean(), Kind.INTEGER: pl.Int64()}

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plain:
    """What the fast path took of one group. taken: indices into the group. frame: envelopes of those."""

    taken: Rows
    frame: pl.DataFrame
    facts: Facts


class PlainReader:
    """Reads records of one event type."""

    def __init__(self, type_: str, kind: Declared, vocabulary: Vocabulary) -> None:
        self._type, self._entity, self._event = type_, kind.entity, kind.event
        self._vocabulary = vocabulary
        self._columns = [self._entity.by_name[name] for name in self._event.columns]
        self._fields = [*self._columns, *self._event.extras]
        data = {field.name: JSON_TYPES.get(field.kind, pl.String()) for field in self._fields}
        envelope = dict.fromkeys((*REQUIRED, *OPTIONAL), pl.String())
        self._schema = pl.Schema({**envelope, "data": pl.Struct(data or {"": pl.String()})})

    def read(self, records: Sequence[bytes], positions: Rows, now: int) -> Plain | None:
        """Read a group; None when Polars can read none of it. `positions`: where each lies in the batch."""
        frame = self._frame(records)
        if frame is None:
            return None
        data = frame["data"].struct.unnest()
        present = {field.name: data[field.name].is_not_null().to_numpy() for field in self._fields}
        times, latest = parse(frame["time"].fill_null("")), now + CLOCK_SKEW
        fine = self._complete(screen(records), frame, present)
        fine &= (times >= 0) & (times <= latest)
        stored = {f.name: self._store(f, data[f.name], present, fine, latest) for f in self._fields}
        taken = np.flatnonzero(fine)
        facts = Facts(self._entity, frame["subject"].gather(taken), times[taken], positions[taken])
        self._state(facts, stored, present, fine)
        return Plain(taken, frame.drop("data").gather(taken), facts)

    def _frame(self, records: Sequence[bytes]) -> pl.DataFrame | None:
        try:
            frame = pl.read_ndjson(b"\n".join(records), schema=self._schema)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None
        return frame if frame.height == len(records) else None

    def readable(self, record: bytes) -> bool:
        """Whether Polars can read a record at all: one that it cannot costs its whole group."""
        try:
            data = from_json(record)["data"]
        except (ValueError, KeyError, TypeError):
            return False
        expected = {Kind.FLAG: bool, Kind.INTEGER: int}
        return isinstance(data, dict) and all(
            type(data[field.name]) is expected[field.kind]
            for field in self._fields
            if field.kind in expected and field.name in data
        )

    def _complete(self, seen: Screen, frame: pl.DataFrame, present: dict[str, Mask]) -> Mask:
        """Every key was read, every bare value is where one belongs, the envelope is in order."""
        keys = np.ones(frame.height, np.int64)
        bare = np.zeros(frame.height, np.int64)
        for name in (*REQUIRED, *OPTIONAL):
            keys += frame[name].is_not_null().to_numpy()
        for field in self._fields:
            keys += present[field.name]
            if field.kind in JSON_TYPES:
                bare += present[field.name]
        fine: Mask = seen.plain & (seen.keys == keys) & (seen.bare == bare)
        fine &= frame.select(self._envelope()).to_series().to_numpy()
        for name in self._event.required:
            fine &= present[name]
        return fine & self._at_home(frame, present)

    def _at_home(self, frame: pl.DataFrame, present: dict[str, Mask]) -> Mask:
        """The partition key, where given, is that of the entity (schemas.event)."""
        given = frame["partitionkey"]
        owner = frame["subject"]
        if self._entity.lies_with:
            if self._entity.lies_with not in present:
                return given.is_not_null().to_numpy()
            owner = frame["data"].struct.field(self._entity.lies_with)
        absent = given.is_null() & owner.is_not_null()
        return (
            absent | (given.is_not_null() & (owner.is_null() | (given == owner)).fill_null(value=False))
        ).to_numpy()

    def _envelope(self) -> pl.Expr:
        rules = [
            pl.col("specversion") == "1.0",
            pl.col("type") == self._type,
            pl.col("datacontenttype").fill_null("application/json") == "application/json",
            *(_key(name) for name in ("subject", "source")),
            self._one_key(),
            _short("id") & ~pl.col("id").str.contains(ODD),
        ]
        return pl.all_horizontal(*rules).fill_null(value=False)

    def _one_key(self) -> pl.Expr:
        """The partition key is the owner's (`schemas.event`); what only the data tell is read with care."""
        given, owner = pl.col("partitionkey"), self._entity.lies_with
        if owner is None:
            return given.is_null() | (given == pl.col("subject"))
        if owner not in self._event.columns:
            return _key("partitionkey")
        named = pl.col("data").struct.field(owner)
        return _key("partitionkey") & (named.is_null() | (named == given))

    def _store(
        self, field: Column, values: pl.Series, present: dict[str, Mask], fine: Mask, latest: int
    ) -> Values:
        """Stored values of a field, one per record; records with a value not allowed lose `fine`."""
        where = np.flatnonzero(present[field.name] & fine)
        result = np.zeros(len(values), np.int64)
        if len(where):
            result[where], allowed = self._checked(field, values.gather(where), latest)
            fine[where[~allowed]] = False
        return result

    def _checked(self, field: Column, values: pl.Series, latest: int) -> tuple[Values, Mask]:
        if field.kind is Kind.TIME:
            instants = parse(values)
            return instants, (instants >= 0) & (instants <= (LATEST if field.ahead else latest))
        if field.kind is Kind.FLAG:
            return values.cast(pl.Int64).to_numpy() + 1, np.ones(len(values), bool)
        if field.kind is Kind.INTEGER:
            numbers = values.to_numpy()
            return numbers, (numbers >= field.least) & (numbers < INTEGER_LIMIT)
        if field.name not in self._entity.by_name:
            return _extra(field, values)
        codes, allowed = self._vocabulary.words(self._entity.name, field.name).codes(values)
        return codes.astype(np.int64), allowed

    def _state(self, facts: Facts, stored: dict[str, Values], present: dict[str, Mask], fine: Mask) -> None:
        own = self._own(facts.times, stored, present, fine)
        for column in self._columns:
            rows = np.flatnonzero(present[column.name][fine])
            facts.state(column.name, rows, stored[column.name][fine][rows])
        for name, (values, where) in own.items():
            named = present[name][fine] if name in present else np.zeros(len(where), bool)
            rows = np.flatnonzero(where & ~named)
            facts.state(name, rows, values[rows])

    def _own(
        self, times: Values, stored: dict[str, Values], present: dict[str, Mask], fine: Mask
    ) -> dict[str, tuple[Values, Mask]]:
        """What the events state of themselves: by column, values and for which events."""
        everywhere = np.ones(len(times), bool)
        result = {
            name: (np.broadcast_to(self._constant(name, value), times.shape), everywhere)
            if value is not Own.TIME
            else (times, everywhere)
            for name, value in self._event.states.items()
        }
        for field, columns in self._event.choices.items():
            codes = next(extra.codes for extra in self._event.extras if extra.name == field)
            for value, column in columns.items():
                result[column] = (times, stored[field][fine] == codes.index(value))
        for target, origin in self._event.copies.items():
            where = present[origin][fine]
            base, always = result.get(target, (times, ~everywhere))
            result[target] = (np.where(where, stored[origin][fine], base), where | always)
        return result

    def _constant(self, name: str, value: Own | str | int | bool) -> int:
        column = self._entity.by_name[name]
        if value is Own.CLEAR:
            return 0 if column.kind.is_string else int(column.kind.unset)
        if column.kind.is_string:
            return self._vocabulary.dictionary(self._entity.name, name).code(str(value))
        return int(store(column, value))


def _extra(field: Column, values: pl.Series) -> tuple[Values, Mask]:
    """A field that is no column: the index of its code, or just whether it is allowed."""
    if field.codes:
        indices = values.cast(pl.Enum(field.codes), strict=False).to_physical().cast(pl.Int64)
        return indices.fill_null(0).to_numpy(), indices.is_not_null().to_numpy()
    allowed = ~values.str.contains(ODD_KEY) & values.str.len_bytes().is_between(1, TEXT_LENGTH)
    return np.zeros(len(values), np.int64), allowed.to_numpy()


def _key(name: str) -> pl.Expr:
    return _short(name) & ~pl.col(name).str.contains(ODD_KEY)


def _short(name: str) -> pl.Expr:
    return pl.col(name).str.len_bytes().is_between(1, TEXT_LENGTH)
