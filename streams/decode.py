"""Decoding a batch of records: the fast path takes what is plain, the careful reader decides the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from streams.careful import Read, Refused, facts_of, read_all
from streams.checkpoint import EVENT_COLUMNS
from streams.facts import Facts, join
from streams.plain import PlainReader
from streams.vocabulary import Vocabulary


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

    def __init__(self, topic: str, vocabulary: Vocabulary) -> None:
        self._topic, self._vocabulary = topic, vocabulary
        self._plain = PlainReader(topic, vocabulary)

    def decode(self, values: Sequence[bytes | None], now: int) -> Decoded:
        """Decode records; `now` in microseconds since 1970 UTC. Bad records never raise."""
        plains = self._plain.read(values, now)
        rest = np.ones(len(values), bool)
        for plain in plains:
            rest[plain.facts.positions] = False
        events, refused = read_all(values, np.flatnonzero(rest).tolist(), self._topic, now)
        facts = join([plain.facts for plain in plains] + facts_of(events, self._vocabulary))
        table = pl.concat([*(plain.events for plain in plains), _careful_events(events)])
        texts = pl.Series([values[position] for position in table["position"]], dtype=pl.Binary)
        return Decoded(facts, table.with_columns(event=texts.cast(pl.String)), refused)


def _careful_events(events: Sequence[Read]) -> pl.DataFrame:
    columns = {name: EVENT_COLUMNS[name] for name in ("entity", "type", "source", "id", "subject")}
    return pl.DataFrame(
        [
            (e.entity.name, e.type, e.source, e.id, e.subject, e.time, item.position)
            for item in events
            for e in (item.event,)
        ],
        schema={**columns, "time": pl.Int64(), "position": pl.Int64()},
        orient="row",
    )
