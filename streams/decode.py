"""Decoding: the records of a batch become facts per entity, rows for the event table, and refusals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.contract import TYPES
from streams.careful import Read, Refused, facts_of, read_all
from streams.facts import Facts, Rows, join
from streams.plain import Plain, PlainReader
from streams.vocabulary import Vocabulary

FEW = 32
"""Below so many records of a type in a batch, reading them one by one is cheaper."""
LARGE = 1 << 16
TYPE = r'"type": ?"([a-z_.0-9]+)"'


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded batch.

    facts: by entity name. events: entity, type, source, id, subject, time (microseconds), position, event
    (the record as text). refused: what was not folded. Each record is in exactly one of the two.
    """

    facts: dict[str, Facts]
    events: pl.DataFrame
    refused: list[Refused]


class Decoder:
    """Decodes the records of one topic."""

    def __init__(self, topic: str, vocabulary: Vocabulary, few: int = FEW) -> None:
        self._topic, self._vocabulary, self._few = topic, vocabulary, few
        self._types = [name for name, kind in TYPES.items() if kind.entity.topic == topic]
        self._readers = [PlainReader(name, TYPES[name], vocabulary) for name in self._types]

    def decode(self, values: Sequence[bytes | None], now: int) -> Decoded:
        """Decode records; `now` in microseconds since 1970 UTC. Bad records never raise."""
        texts = texts_of(values)
        rest = np.ones(len(values), bool)
        plains = []
        for reader, positions in self._groups(texts):
            plain = _salvage(reader, values, positions, now)
            if plain is not None:
                plains.append((reader, plain))
                rest[plain.facts.positions] = False
        events, refused = read_all(values, np.flatnonzero(rest).tolist(), self._topic, now)
        facts = join([plain.facts for _, plain in plains] + facts_of(events, self._vocabulary))
        frames = [_plain_events(plain) for _, plain in plains] + [_careful_events(events)]
        table = pl.concat(frames)
        return Decoded(facts, table.with_columns(event=texts.gather(table["position"])), refused)

    def _groups(self, texts: pl.Series) -> list[tuple[PlainReader, Rows]]:
        simple = ~texts.str.contains("\n", literal=True) & (texts.str.len_bytes() < LARGE)
        types = texts.str.extract(TYPE).cast(pl.Enum(self._types), strict=False)
        codes = types.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        codes = np.where(simple.fill_null(value=False).to_numpy(), codes, -1)
        counts = np.bincount(codes[codes >= 0], minlength=len(self._types))
        return [
            (self._readers[code], np.flatnonzero(codes == code))
            for code in np.flatnonzero(counts >= self._few)
        ]


def texts_of(values: Sequence[bytes | None]) -> pl.Series:
    """Records as text; null where there is none, or no UTF-8."""
    try:
        return pl.Series(values, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series([_text(value) for value in values], dtype=pl.String)


def _text(value: bytes | None) -> str | None:
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        return None


def _salvage(reader: PlainReader, values: Sequence[bytes | None], positions: Rows, now: int) -> Plain | None:
    """Read a group; when a record spoils it, without those that Polars cannot read."""
    records = [values[position] or b"" for position in positions]
    plain = reader.read(records, positions, now)
    if plain is not None:
        return plain
    good = np.array([reader.readable(record) for record in records], bool)
    chosen = [record for record, fine in zip(records, good, strict=True) if fine]
    return reader.read(chosen, positions[good], now) if 0 < len(chosen) < len(records) else None


def _plain_events(plain: Plain) -> pl.DataFrame:
    return plain.frame.select(
        entity=pl.lit(plain.facts.entity.name),
        type="type",
        source="source",
        id="id",
        subject="subject",
        time=pl.Series(plain.facts.times, dtype=pl.Int64),
        position=pl.Series(plain.facts.positions, dtype=pl.Int64),
    )


def _careful_events(events: Sequence[Read]) -> pl.DataFrame:
    names = dict.fromkeys(("entity", "type", "source", "id", "subject"), pl.String())
    return pl.DataFrame(
        [
            (e.entity.name, e.type, e.source, e.id, e.subject, e.time, item.position)
            for item in events
            for e in (item.event,)
        ],
        schema={**names, "time": pl.Int64(), "position": pl.Int64()},
        orient="row",
    )
