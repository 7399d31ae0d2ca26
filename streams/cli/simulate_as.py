"""`simulate --as`: the province in the format of a source system, with the mapping that reads it."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from streams.cli.options import UsageError, kafka_settings

if TYPE_CHECKING:
    from sources.producer import EventProducer
    from sources.simulator import Mistakes
    from sources.simulator.formats import SourceFormat
    from sources.simulator.outlet import Outlet

STDOUT = "-"


def format_of(name: str | None) -> "SourceFormat | None":
    """The format of a name. Raises UsageError."""
    from schemas.suggestion import hint
    from sources.simulator.formats import FORMATS

    if name is not None and name not in FORMATS:
        raise UsageError(f"there is no format {name}; {hint(name, FORMATS)}")
    return FORMATS[name] if name else None


def mistakes_of(corrections: float | None, chosen: "SourceFormat | None") -> "Mistakes":
    """Mistakes that are put right; none where the format has no way to say so. Raises UsageError."""
    from sources.simulator import Mistakes

    if chosen is None or chosen.settled:
        return Mistakes(corrected=0.01 if corrections is None else corrections)
    if corrections:
        raise UsageError(f"{chosen.name} cannot tell of corrections; leave out --corrections")
    return Mistakes(corrected=0.0, voided=0.0)


@contextmanager
def raw_outlet(chosen: "SourceFormat", output: str, kafka: str | None) -> "Iterator[Outlet]":
    """Where payloads go: a file, with its mapping beside it, or the adapter's raw topic."""
    from schemas.contract import RAW_TOPIC
    from sources.simulator.outlet import Payloads, RawRecords

    writer, topic = chosen.writer(output.endswith(".xlsx")), f"{RAW_TOPIC}{chosen.adapter}"
    if kafka is not None:
        with producer_of(kafka, [topic]) as producer:
            records = RawRecords(writer, producer, topic)
            yield records
            records.finish()
    elif output == STDOUT:
        payloads = Payloads(writer, sys.stdout.buffer)
        yield payloads
        payloads.finish()
    else:
        if chosen.mapping:
            mapping = Path(output).with_suffix(".toml")
            mapping.write_text(chosen.mapping_text, encoding="utf-8")
            typer.echo(f"its mapping: {mapping}", err=True)
        with Path(output).open("wb") as stream:
            payloads = Payloads(writer, stream)
            yield payloads
            payloads.finish()


@contextmanager
def producer_of(kafka: str, topics: Iterable[str]) -> "Iterator[EventProducer]":
    """A producer, once the topics are there; raises Fatal."""
    from sources.producer import EventProducer
    from streams.kafka import librdkafka
    from streams.topics import ensure

    settings = kafka_settings(kafka)
    ensure(settings, topics)
    with EventProducer(settings.kafka, way=librdkafka(settings)) as producer:
        yield producer
