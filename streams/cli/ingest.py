"""`reform-pulse ingest`: a Faust agent per raw topic, whose payloads become events of the contract."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import Kafka, UsageError, kafka_settings, one_line_errors
from streams.cli.worker import LOG_FORMAT

if TYPE_CHECKING:
    from sources.adapter import Bound
    from sources.producer import EventProducer
    from streams.raw import Outcome, RawProcessor, Record
    from streams.settings import Settings

Adapters = Annotated[
    list[str] | None, typer.Argument(metavar="NAME...", help="Adapters; default: those of the settings.")
]


def ingest(names: Adapters = None, *, kafka: Kafka = None) -> None:
    """Convert what source systems put into `reform.raw.NAME`, until SIGTERM (docs/connect-a-source.md).

    An offset is committed when Kafka has acknowledged the events that came of it. Start as many as you need.
    """
    with one_line_errors():
        from schemas.contract import RAW_TOPIC
        from streams.health import Health
        from streams.probes import serve_probes
        from streams.worker import run_worker

        settings = kafka_settings(kafka)
        settings = settings.model_copy(update={"group": settings.raw_group})
        chosen = names or [name.strip() for name in settings.raw_adapters.split(",") if name.strip()]
        if not chosen:
            raise UsageError("say which adapters: reform-pulse ingest portal-dossiers payments")
        logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
        processor = build_processor(settings, chosen)
        health = Health(settings)
        if settings.metrics_port:
            serve_probes(health, settings.metrics_host, settings.metrics_port)
    raise typer.Exit(run_worker(settings, processor, [RAW_TOPIC + name for name in chosen], health))


def build_processor(settings: "Settings", names: Sequence[str]) -> "RawProcessor":
    """The processor of the raw topics of these adapters. Raises UsageError."""
    from schemas.contract import RAW_TOPIC
    from sinks.dead_letters import DeadLetterTopic
    from streams.cli.convert import bound_of
    from streams.kafka import librdkafka
    from streams.raw import RawProcessor

    bounds = {RAW_TOPIC + name: bound_of(name) for name in names}
    quiet = [topic for topic, bound in bounds.items() if bound.adapter.gives != "events"]
    if quiet:
        raise UsageError(f"{quiet[0]} gives no events: use reform-pulse reconcile")
    letters = DeadLetterTopic(settings.kafka, settings.dead_letter_topic, way=librdkafka(settings))
    converters = {topic: _Converter(bound) for topic, bound in bounds.items()}
    return RawProcessor(settings, converters, _Delivery(settings).deliver, letters)


class _Converter:
    """An adapter as the processor wants it."""

    def __init__(self, bound: "Bound") -> None:
        self._bound = bound

    def __call__(self, payload: bytes, now: int, arrival: int) -> "Outcome":
        from schemas.contract import declared
        from sources.cloudevent import to_json
        from streams.raw import Outcome, Record, RefusedPart

        result = self._bound.adapt(payload, now, arrival)
        return Outcome(
            self._bound.configuration.source,
            [
                Record(
                    declared(event["type"]).entity.topic,
                    event.get("partitionkey") or event["subject"],
                    to_json(event),
                )
                for event in result.events
            ],
            [RefusedPart(r.reason.code, r.vi, r.en, r.column, r.value) for r in result.refused],
            result.noticed,
        )


class _Delivery:
    """Events into Kafka, acknowledged by every replica; after a failure with a new producer."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._producer: EventProducer | None = None

    def deliver(self, records: "Sequence[Record]") -> None:
        """Blocks until all are acknowledged; raises StoreError, then do it again."""
        from sources.producer import EventProducer, SendError
        from streams.checkpoint import StoreError
        from streams.kafka import librdkafka

        if self._producer is None:
            self._producer = EventProducer(self._settings.kafka, way=librdkafka(self._settings))
        try:
            for record in records:
                self._producer.send(*record)
            self._producer.flush()
        except SendError as error:
            self._producer = None
            raise StoreError(str(error)) from error
