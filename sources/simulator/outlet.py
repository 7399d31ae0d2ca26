"""Where a run's events go: NDJSON, or Kafka."""

from typing import BinaryIO, Protocol

import polars as pl

from schemas.contract import declared
from sources.producer import EventProducer


class Outlet(Protocol):
    """Takes events in order of arrival: `at, type, agency, key, line`."""

    def take(self, events: pl.DataFrame) -> None:
        """Write or send them; may block."""


class Lines:
    """A stream of NDJSON."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def take(self, events: pl.DataFrame) -> None:
        """Write them. Raises OSError."""
        events.select("line").write_csv(self._stream, include_header=False, quote_style="never")
        self._stream.flush()


class Records:
    """Kafka, each event in the topic and under the key of its entity."""

    def __init__(self, producer: EventProducer) -> None:
        self._producer = producer

    def take(self, events: pl.DataFrame) -> None:
        """Send them. Raises SendError."""
        topics = {name: declared(name).entity.topic for name in events["type"].unique()}
        for name, key, line in events.select("type", "key", "line").iter_rows():
            self._producer.send(topics[name], key, line.encode())
