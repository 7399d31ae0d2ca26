"""`reform-pulse doctor`: checks what the program needs, and says what to mend and by which procedure."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.instant import MICROSECONDS
from streams.cli.doctoring import of_clickhouse, of_kafka
from streams.cli.doctoring.finding import Finding, found, tried
from streams.cli.doctoring.procedure import Procedure
from streams.cli.doctoring.verdict import verified
from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Kafka,
    StoreDirectory,
    catalogue_of,
    first_mistake,
    kafka_settings,
    place_of,
)
from streams.clock import system_clock

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from sinks.clickhouse.condition import Reached
    from streams.settings import Settings

CHECK_FAILED = 1
SECONDS = 5.0

Verified = Annotated[
    Path | None,
    typer.Option("--verified", metavar="FILE", help="The file that `verify --metrics FILE` writes."),
]


def doctor(
    *,
    kafka: Kafka = None,
    clickhouse: ClickHouseUrl = None,
    store: StoreDirectory = None,
    verified: Verified = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Check settings, Kafka, topics, offsets, lag, ClickHouse, schema, disk, parts, clocks; say what to mend.

    Exit 1 when something is not well; each finding names its procedure in docs/operations.md. With --store
    the embedded store is looked at instead of a server, and Kafka only with --kafka.
    """
    failed = 0
    for finding in _findings(kafka, clickhouse, store, verified, catalogue):
        typer.echo(str(finding))
        failed += finding.well is False
    if failed:
        raise typer.Exit(CHECK_FAILED)


def _findings(
    kafka: str | None,
    clickhouse: str | None,
    store: StoreDirectory,
    verdict: Path | None,
    catalogue: CatalogueFile,
) -> Iterator[Finding]:
    from pydantic import ValidationError

    python = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("Python", supported, f"{python}; 3.11 to 3.13 are supported", Procedure.INSTALL)
    try:
        settings = kafka_settings(kafka)
    except ValidationError as error:
        yield Finding("settings", False, first_mistake(error), Procedure.INSTALL)
        return
    except OSError as error:
        yield Finding("settings", False, str(error), Procedure.INSTALL)
        return
    yield Finding("settings", True, "read; every one is described in docs/settings.md")
    yield tried("catalogue", lambda: f"{len(catalogue_of(catalogue).figures)} KPIs, stocks and other figures")
    with _opened(settings, clickhouse, store) as (client, trouble):
        yield from _clickhouse(client, catalogue) if client else trouble
        if kafka or not store:
            yield from _kafka(settings, _reached(client))
    yield verified(verdict, _now())


@contextmanager
def _opened(
    settings: "Settings", url: str | None, store: StoreDirectory
) -> "Iterator[tuple[Client | None, list[Finding]]]":
    """A client, or none and why."""
    from sinks.clickhouse.client import connect
    from streams.checkpoint import StoreError

    if store is not None and not store.is_dir():
        note = f"there is no directory {store}; `replay`, `up` and `migrate` make it"
        yield None, [Finding("store", False, note, Procedure.INSTALL)]
        return
    address = None if store else url or settings.clickhouse
    try:
        client = connect(**place_of(settings, store, address) | {"timeout": SECONDS})
    except StoreError as error:
        yield None, [Finding("ClickHouse", False, f"{error} (setting `clickhouse`)", Procedure.INSTALL)]
        return
    try:
        yield client, []
    finally:
        client.close()


def _clickhouse(client: "Client", catalogue: CatalogueFile) -> Iterator[Finding]:
    yield tried("ClickHouse", lambda: str(client.command("SELECT 'version ' || version()")))
    schema = tried("schema", lambda: of_clickhouse.schema(client), Procedure.UPGRADE)
    yield schema
    yield found("clock of ClickHouse", lambda: of_clickhouse.clock(client, _now()))
    yield found("disk", lambda: of_clickhouse.disks(client))
    yield found("parts", lambda: of_clickhouse.parts(client))
    if schema.well:
        yield found("agencies", lambda: of_clickhouse.agencies(client))
        yield found("definitions", lambda: of_clickhouse.definitions(client, catalogue_of(catalogue)))


def _reached(client: "Client | None") -> "Collection[Reached]":
    from sinks.clickhouse.condition import reached
    from streams.checkpoint import StoreError

    try:
        return reached(client) if client else ()
    except StoreError:  # its schema is not ours, which is told
        return ()


def _kafka(settings: "Settings", reached: "Collection[Reached]") -> Iterator[Finding]:
    from schemas.contract import TOPICS
    from streams.shard import Fatal
    from streams.standing import newest, standings
    from streams.topics import describe

    names = (*TOPICS, settings.dead_letter_topic)
    try:
        logs = {name: log.partitions for name, log in describe(settings, names).items()}
    except Exception as error:
        note = f"{error}; is a broker running at {settings.kafka}? (setting `kafka`)"
        yield Finding("Kafka", False, note, Procedure.INSTALL)
        return
    yield Finding("Kafka", True, f"answers at {settings.kafka}")
    yield from (of_kafka.topic(name, logs) for name in names)
    try:
        shards = standings(settings, {name: logs[name] for name in TOPICS if name in logs})
        yield of_kafka.kept(shards)
        yield of_kafka.lag(shards, reached)
        yield of_kafka.ahead(shards, reached)
        yield of_kafka.record_clock(newest(settings, shards), _now())
    except Fatal as error:
        yield Finding("offsets", False, str(error), Procedure.OFFSET)


def _now() -> float:
    return system_clock() / MICROSECONDS
