"""Where a run's events go: NDJSON, or Kafka; as events of the contract, or in a source's format."""

from typing import BinaryIO, Protocol

import polars as pl

from schemas.contract import declared
from sources.producer import RAW, EventProducer
from sources.simulator.formats.writer import Writer


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


class Payloads:
    """A stream of what a source system would send, one payload on each line; or the one file it exports."""

    def __init__(self, writer: Writer, stream: BinaryIO) -> None:
        self._writer, self._stream = writer, stream

    def take(self, events: pl.DataFrame) -> None:
        """Write what follows from them. Raises OSError."""
        for payload in self._writer.heard(events):
            self._stream.write(payload + b"\n")
        self._stream.flush()

    def finish(self) -> None:
        """Write what a source exports at the end."""
        for payload in self._writer.finish():
            self._stream.write(payload)


class RawRecords:
    """Kafka, each payload in the raw topic of its adapter."""

    def __init__(self, writer: Writer, producer: EventProducer, topic: str) -> None:
        self._writer, self._producer, self._topic = writer, producer, topic

    def take(self, events: pl.DataFrame) -> None:
        """Send what follows from them. Raises SendError."""
        for payload in self._writer.heard(events):
            self._producer.send(self._topic, None, payload, headers=RAW)

    def finish(self) -> None:
        """Send what a source exports at the end. Raises SendError."""
        for payload in self._writer.finish():
            self._producer.send(self._topic, None, payload, headers=RAW)
