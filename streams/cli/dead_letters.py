"""`reform-pulse dead-letters`: what was refused, what to mend, and sending it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Format, Kafka, UsageError, fail, kafka_settings, one_line_errors

if TYPE_CHECKING:
    from datetime import datetime

    from sinks.dead_letter_log import DeadLetterLog
    from streams.dead_letter_filter import Filter

dead_letters = typer.Typer(
    name="dead-letters", help="Refused events: list, show, summary, retry.", no_args_is_help=True
)

Source = Annotated[str, typer.Option("--source", help="Only of this CloudEvents source, with all below it.")]
Reason = Annotated[str, typer.Option("--reason", help="Only with this reason, e.g. bad_time.")]
Field = Annotated[str, typer.Option("--field", help="Only about this field, e.g. data.due_at.")]
Topic = Annotated[str, typer.Option("--topic", help="Only of this topic.")]
Since = Annotated[str, typer.Option("--since", help="Refused at or after this day or RFC 3339 time.")]
Until = Annotated[str, typer.Option("--until", help="Refused before this day or RFC 3339 time.")]
ListFormat = Annotated[Format, typer.Option("--format", help="How they are written.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")]
At = Annotated[str, typer.Argument(metavar="TOPIC/PARTITION/OFFSET", help="Where the refused record lies.")]
Mapping = Annotated[
    Path | None, typer.Option("--mapping", metavar="FILE", help="TOML: what to drop, rename, translate, set.")
]
Corrected = Annotated[
    Path | None,
    typer.Option("--corrected", metavar="FILE", help="NDJSON: corrected events, with their source and id."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]


@dead_letters.command(name="list")
def list_(
    *,
    source: Source = "",
    reason: Reason = "",
    field: Field = "",
    topic: Topic = "",
    since: Since = "",
    until: Until = "",
    limit: Limit = 100,
    format: ListFormat = Format.TABLE,
    kafka: Kafka = None,
) -> None:
    """List open dead letters: where, who, why. Values are masked."""
    with _log(kafka) as log:
        from streams.cli.letter_texts import listed

        wanted = _filter(source, reason, field, topic, since, until)
        letters = [letter for letter in log.open_letters() if wanted.takes(letter)]
        typer.echo(listed(letters[-limit:], format), nl=False)
        if len(letters) > limit:
            typer.echo(f"... {len(letters) - limit:,} older ones; --limit shows more", err=True)


@dead_letters.command()
def show(at: At, *, kafka: Kafka = None) -> None:
    """Show one dead letter in words, and the shape of its record, if the log still has it; masked."""
    with _log(kafka) as log:
        from streams.cli.letter_texts import place, shown

        letters = [letter for letter in log.open_letters() if place(letter) == at]
        if not letters:
            raise UsageError(f"there is no open dead letter {at}; `dead-letters list` has them")
        ((letter, record),) = log.originals(letters)
        typer.echo(shown(letter, record))


@dead_letters.command()
def summary(
    *,
    source: Source = "",
    reason: Reason = "",
    field: Field = "",
    topic: Topic = "",
    since: Since = "",
    until: Until = "",
    kafka: Kafka = None,
) -> None:
    """Tell each sender, in Vietnamese, what to mend."""
    with _log(kafka) as log:
        from streams.cli.letter_texts import summarised

        wanted = _filter(source, reason, field, topic, since, until)
        typer.echo(summarised([letter for letter in log.open_letters() if wanted.takes(letter)]), nl=False)


@dead_letters.command()
def retry(
    *,
    source: Source = "",
    reason: Reason = "",
    field: Field = "",
    topic: Topic = "",
    since: Since = "",
    until: Until = "",
    mapping: Mapping = None,
    corrected: Corrected = None,
    dry_run: DryRun = False,
    kafka: Kafka = None,
) -> None:
    """Send refused events again: as they are, by a mapping, or replaced by corrected ones.

    What is sent is settled: it is listed no more. What is still refused stays. Exit 1 if anything does.
    """
    with _log(kafka) as log:
        from sources.correction import CorrectionError
        from sources.producer import EventProducer, SendError
        from streams.cli.retry import attempt, told
        from streams.kafka import librdkafka

        if mapping and corrected:
            raise UsageError("choose one: --mapping corrects the records, --corrected replaces them")
        try:
            wanted = _filter(source, reason, field, topic, since, until)
            letters = [letter for letter in log.open_letters() if wanted.takes(letter)]
            found = attempt(log.originals(letters), mapping, corrected)
            if not dry_run and found.ready:
                settings = kafka_settings(kafka)
                with EventProducer(settings.kafka, way=librdkafka(settings)) as producer:
                    for item in found.ready:
                        producer.send(item.event.entity.topic, item.event.partitionkey, item.record)
                log.settle([item.letter for item in found.ready])
        except (CorrectionError, SendError) as error:
            fail(str(error))
        typer.echo(told(found, dry_run=dry_run))
    if found.left:
        raise typer.Exit(1)


@contextmanager
def _log(kafka: str | None) -> "Iterator[DeadLetterLog]":
    with one_line_errors():
        from sinks.dead_letter_log import DeadLetterLog
        from streams.kafka import librdkafka

        settings = kafka_settings(kafka)
        way = librdkafka(settings)
        with DeadLetterLog(settings.kafka, settings.dead_letter_topic, way=way) as log:
            yield log


def _filter(source: str, reason: str, field: str, topic: str, since: str, until: str) -> "Filter":
    from schemas.refusal import Reason as Known
    from schemas.suggestion import hint
    from streams.dead_letter_filter import Filter

    codes = [known.code for known in Known]
    if reason and reason not in codes:
        raise UsageError(f"--reason `{reason}`: there is no such reason; {hint(reason, codes)}")
    return Filter(source, reason, field, topic, _moment("--since", since), _moment("--until", until))


def _moment(option: str, text: str) -> "datetime | None":
    from schemas.instant import parse_instant, to_datetime

    if not text:
        return None
    try:
        return to_datetime(parse_instant(text if "T" in text.upper() else f"{text}T00:00:00+07:00"))
    except ValueError:
        raise UsageError(f"{option} `{text}`: write 2022-07-01, or 2022-07-01T08:00:00+07:00") from None
