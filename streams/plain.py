"""The fast path of decoding: the plain records of a topic, as columns.

It takes only what it has surely understood: a record must pass its struct, every value its check, and the
record must have just the quotes that were read (so no name stands there twice and nothing is escaped).
Everything else is left to the careful reader, so both accept, refuse and yield the same (held by a property
test).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import msgspec
import numpy as np
import polars as pl

from schemas.contract import entities_of
from schemas.entity import Entity
from schemas.event import CLOCK_SKEW
from schemas.record import RECORD_LIMIT
from streams.facts import Facts, Rows
from streams.gathered import Gathered, Mask
from streams.sheet import Sheet
from streams.structs import structs
from streams.times import Times
from streams.vocabulary import Vocabulary

CHUNK = 2_000
"""Records are parsed and laid side by side so many at a time, while they are in the processor's cache."""
QUOTE = ord('"')
UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Plain:
    """What the fast path took of one entity. events: entity, type, source, id, subject, time, position."""

    facts: Facts
    events: pl.DataFrame


class PlainReader:
    """Reads the records of one topic."""

    def __init__(self, topic: str, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._entities = vocabulary, entities_of(topic)
        known = structs(topic)
        self._decode, self._forms = known.decoder.decode, list(known.forms.values())
        self._numbers = {struct: number for number, struct in enumerate(known.forms)}

    def read(self, values: Sequence[bytes | None], now: int) -> list[Plain]:
        """Read what is plain of these records; `now` in microseconds since 1970 UTC. Never raises."""
        times, quotes = Times(), 0
        gathered = {entity: Gathered(entity, self._vocabulary, times) for entity in self._entities}
        for start in range(0, len(values), CHUNK):
            quotes += self._gather(values[start : start + CHUNK], start, gathered)
        instants, latest = times.instants(), now + CLOCK_SKEW
        sheets = [Sheet(ours, instants, latest) for ours in gathered.values() if ours.count]
        exact = quotes == sum(int(sheet.quotes.sum()) for sheet in sheets)
        return [
            _taken(sheet, sheet.fine if exact else sheet.fine & _exact(sheet, values)) for sheet in sheets
        ]

    def _gather(self, values: Sequence[bytes | None], start: int, gathered: dict[Entity, Gathered]) -> int:
        """Add the readable records of a chunk; returns how many quotes they have."""
        records, structs_, positions = self._parsed(values)
        numbers = np.fromiter(map(self._numbers.__getitem__, map(type, structs_)), np.intp, len(structs_))
        order, stop = np.argsort(numbers, kind="stable"), 0
        for form, count in zip(self._forms, np.bincount(numbers, minlength=len(self._forms)), strict=True):
            if count:
                rows = order[stop : stop + count]
                ours = [structs_[row] for row in rows.tolist()]
                gathered[form.entity].add(form, ours, positions[rows] + start)
                stop += count
        return int(np.count_nonzero(np.frombuffer(b"".join(records), np.uint8) == QUOTE))

    def _parsed(self, values: Sequence[bytes | None]) -> tuple[Sequence[bytes], list[object], Rows]:
        decode = self._decode
        with suppress(*UNREADABLE):  # then one at a time
            whole = cast("Sequence[bytes]", values)
            if max(map(len, whole)) <= RECORD_LIMIT:
                return whole, list(map(decode, whole)), np.arange(len(whole))
        records: list[bytes] = []
        structs_, positions = [], []
        for position, value in enumerate(values):
            if value is None or len(value) > RECORD_LIMIT:
                continue
            try:
                structs_.append(decode(value))
            except UNREADABLE:
                continue
            records.append(value)
            positions.append(position)
        return records, structs_, np.array(positions, np.intp)


def _exact(sheet: Sheet, values: Sequence[bytes | None]) -> Mask:
    """Which records have just the quotes that were read."""
    counts = [(values[position] or b"").count(QUOTE) for position in sheet.positions]
    exact: Mask = np.array(counts, np.int64) == sheet.quotes
    return exact


def _taken(sheet: Sheet, fine: Mask) -> Plain:
    taken = np.flatnonzero(fine)
    facts = sheet.facts(taken)
    return Plain(facts, sheet.events(taken, facts))
