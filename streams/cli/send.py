"""`reform-pulse send`: validate NDJSON CloudEvents and produce them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from streams.cli.options import Kafka, fail, kafka_settings, one_line_errors

if TYPE_CHECKING:
    from sources.producer import EventProducer

File = Annotated[Path, typer.Argument(metavar="FILE|-", help="NDJSON file of CloudEvents; - is stdin.")]
CHECK_FAILED = 1
SHOWN = 20


def send(file: File, *, kafka: Kafka = None) -> None:
    """Validate NDJSON CloudEvents and produce them; returns when Kafka has acknowledged all.

    Refused lines are reported with line and reason and are not sent; the others are. Exit 1 if there are any.
    """
    with one_line_errors():
        from schemas.contract import TOPICS
        from sources.producer import EventProducer, SendError
        from streams.kafka import librdkafka
        from streams.topics import ensure

        settings = kafka_settings(kafka)
        if str(file) != "-" and not file.is_file():
            fail(f"there is no file {file}")
        try:
            ensure(settings, TOPICS)
            with EventProducer(settings.kafka, way=librdkafka(settings)) as producer:
                sent, refused = _send_all(file, producer)
        except SendError as error:
            fail(str(error))
    typer.echo(f"{sent:,} events sent, {refused:,} refused")
    if refused:
        raise typer.Exit(CHECK_FAILED)


def _send_all(file: Path, producer: "EventProducer") -> tuple[int, int]:
    from schemas.event import read
    from schemas.refusal import Refusal
    from streams.cli.progress import progress
    from streams.clock import system_clock

    sent = refused = 0
    total = file.stat().st_size if str(file) != "-" else 0
    with _open(file) as stream, progress("send", total) as advance:
        for number, line in _lines(stream):
            try:
                event = read(line, system_clock())
            except Refusal as refusal:
                refused += 1
                if refused <= SHOWN:
                    typer.echo(f"line {number}: {refusal}", err=True)
            else:
                producer.send(event.entity.topic, event.partitionkey, line)
                sent += 1
            advance(len(line) + 1)
    if refused > SHOWN:
        typer.echo(f"... and {refused - SHOWN:,} more refused lines", err=True)
    return sent, refused


def _open(file: Path) -> BinaryIO:
    return sys.stdin.buffer if str(file) == "-" else file.open("rb")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield number, line.strip()
