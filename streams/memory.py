"""The library without Kafka and without ClickHouse: fold an iterable of events, take the counts.

memory = Memory()
memory.fold(open("events.ndjson", "rb"))
counts = FrameCounts(*memory.counts())          # serving.frame_counts answers KPIs from it
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import polars as pl
from pydantic_core import to_json

from schemas.catalogue import Catalogue, load
from schemas.contract import TOPICS
from streams.careful import Refused
from streams.checkpoint import Cubes, Epoch
from streams.domain import Domain
from streams.ledger import Ledger
from streams.replay import Replay

CHUNK = 20_000
Record = bytes | str | Mapping[str, Any]


class Memory:
    """States and counts of all topics in this process.

    refused: what was not folded; the position is the event's number in all that was folded, from 0.
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        domain = Domain(catalogue or load())
        self.ledgers = {name: Ledger(Epoch(name, 1, "memory", 1, ""), 0, domain) for name in TOPICS}
        self._replay = Replay(domain, self.ledgers)
        self._counts = [ledger.take_counts() for ledger in self.ledgers.values()]
        self.refused: list[Refused] = []

    def fold(self, records: Iterable[Record]) -> None:
        """Fold events of any topic: dicts, JSON texts, or the lines of an NDJSON file."""
        records = iter(records)
        while chunk := [_bytes(record) for record in islice(records, CHUNK)]:
            self.refused += self._replay.fold(chunk)[1]
            for ledger in self.ledgers.values():
                ledger.settle_states()

    def counts(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All hourly and daily cells so far (columns of streams.checkpoint), in the newest version last."""
        return self.cubes()[:2]

    def cubes(self) -> Cubes:
        """The same, and those by day and by month that have no dimensions."""
        self._counts += [ledger.take_counts() for ledger in self.ledgers.values()]
        return Cubes.joined(self._counts)


def _bytes(record: Record) -> bytes:
    if isinstance(record, bytes):
        return record.rstrip(b"\r\n")
    return record.strip().encode() if isinstance(record, str) else to_json(record)
