"""Folding without Kafka: chunks of records of any topic, in any order, into one ledger per topic."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from schemas.contract import ENTITIES, TOPICS
from schemas.entity import TYPE_PREFIX
from streams.careful import Refused
from streams.checkpoint import EVENT_COLUMNS, NO_EVENTS, WORD
from streams.clock import system_clock
from streams.decode import Decoder
from streams.domain import Domain
from streams.facts import Rows
from streams.ledger import Ledger

ENTITY = rf'"type"\s*:\s*"{TYPE_PREFIX}([a-z]+)\.'


class Replay:
    """Folds records into ledgers; the offset of a record is its number in all that was folded, from 0."""

    def __init__(self, domain: Domain, ledgers: Mapping[str, Ledger]) -> None:
        """`ledgers`: by topic, all topics of the contract."""
        self._ledgers = ledgers
        self._decoders = {name: Decoder(name, domain.vocabulary) for name in TOPICS}
        self.offset = 0

    def fold(self, records: Sequence[bytes]) -> tuple[pl.DataFrame, list[Refused]]:
        """Fold a chunk; returns its rows for the event table, and what was refused (by offset)."""
        now = system_clock()
        tables, refused = [], []
        for topic, chosen in _topics(records).items():
            decoded = self._decoders[topic].decode([records[i] for i in chosen], now)
            ledger = self._ledgers[topic]
            ledger.fold(decoded.facts, self.offset + len(records))
            offsets = chosen + self.offset
            tables.append(event_rows(decoded.events, topic, ledger.partition, offsets))
            refused += [replace(item, position=int(offsets[item.position])) for item in decoded.refused]
        self.offset += len(records)
        return pl.concat(tables) if tables else NO_EVENTS, refused


def event_rows(events: pl.DataFrame, topic: str, partition: int, offsets: Rows) -> pl.DataFrame:
    """Decoded events as rows of the event table; `offsets` by position in the batch."""
    return events.with_columns(
        pl.col("time").cast(pl.Datetime("us", "UTC")),
        topic=pl.lit(topic, WORD),
        partition=pl.lit(partition, pl.UInt32),
        offset=pl.Series(offsets[events["position"].to_numpy()], dtype=pl.Int64),
    ).select(list(EVENT_COLUMNS))


def _topics(records: Sequence[bytes]) -> dict[str, Rows]:
    """Positions by topic, after the event type; what has none goes to the first topic to be refused there."""
    topics = {name: TOPICS.index(entity.topic) for name, entity in ENTITIES.items()}
    codes = _texts(records).str.extract(ENTITY).replace_strict(topics, default=0, return_dtype=pl.Int64)
    numbers = codes.fill_null(0).to_numpy()
    return {TOPICS[number]: np.flatnonzero(numbers == number) for number in np.unique(numbers)}


def _texts(records: Sequence[bytes]) -> pl.Series:
    """Records as text; null where there is no UTF-8."""
    try:
        return pl.Series(records, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series([_text(record) for record in records], dtype=pl.String)


def _text(record: bytes) -> str | None:
    try:
        return record.decode()
    except UnicodeDecodeError:
        return None
