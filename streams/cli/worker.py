"""`reform-pulse worker`: the Faust worker against Kafka and ClickHouse servers."""

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.options import (
    CatalogueFile,
    Kafka,
    StoreDirectory,
    catalogue_of,
    kafka_settings,
    one_line_errors,
    place_of,
)
from streams.clock import Clock, system_clock

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue
    from sinks.clickhouse.store import ClickHouseStore
    from streams.engine import Engine
    from streams.settings import Settings

ClickHouse = Annotated[
    str | None, typer.Option("--clickhouse", metavar="URL", help="ClickHouse server; default: the settings'.")
]
TARGET_SECONDS = 300.0
"""After so long the targets in the loaded reference data are read again."""
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def worker(
    *,
    kafka: Kafka = None,
    clickhouse: ClickHouse = None,
    store: StoreDirectory = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Fold events from Kafka and keep the counts in ClickHouse, until SIGTERM.

    Start as many as there are partitions. With --store the counts go into an embedded store: then only one.
    """
    with one_line_errors():
        from schemas.contract import TOPICS
        from streams.health import Health
        from streams.probes import serve_probes
        from streams.worker import run_worker

        settings = kafka_settings(kafka)
        logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
        health = Health(settings)
        if settings.metrics_port:
            serve_probes(health, settings.metrics_host, settings.metrics_port)
        health.waits("ClickHouse")
        held = open_store(settings, store, clickhouse)
        engine = build_engine(settings, held, catalogue_of(catalogue))
    raise typer.Exit(run_worker(settings, engine, TOPICS, health))


def open_store(
    settings: "Settings", store: StoreDirectory = None, clickhouse: str | None = None
) -> "ClickHouseStore":
    """The store with this program's schema: waits for a server, brings an embedded one up to date."""
    from sinks.clickhouse.migrate import migrate
    from sinks.clickhouse.store import ClickHouseStore
    from streams.cli.wait import wait_for_schema

    url = None if store else clickhouse or settings.clickhouse
    held = ClickHouseStore.at(**place_of(settings, store, url))
    if store:
        migrate(held.client)
    else:
        wait_for_schema(held, url or "")
    return held


def build_engine(
    settings: "Settings", store: "ClickHouseStore", catalogue: "Catalogue", clock: Clock = system_clock
) -> "Engine":
    """The engine over a store and the settings' Kafka."""
    from functools import partial

    from prometheus_client import REGISTRY

    from schemas.reference.target import Targets
    from sinks.clickhouse.reference import stored
    from sinks.dead_letters import DeadLetterTopic
    from streams.domain import Domain
    from streams.engine import Engine
    from streams.exporter import Exporter
    from streams.garbage import calm
    from streams.given import Given
    from streams.kafka import librdkafka
    from streams.standing import holds_records
    from streams.topics import describe

    calm()
    letters = DeadLetterTopic(settings.kafka, settings.dead_letter_topic, way=librdkafka(settings))

    def targets() -> Targets:
        reference = stored(store.client)
        return Targets(reference.targets, reference.tree)

    given = Given(targets, TARGET_SECONDS)
    exporter = Exporter(settings, catalogue, given) if settings.metrics_port else None
    if exporter:
        REGISTRY.register(exporter)

    return Engine(
        settings,
        Domain(catalogue),
        store,
        letters,
        lambda topics: describe(settings, topics),
        clock,
        exporter=exporter,
        holds=partial(holds_records, settings),
    )
