"""`reform-pulse doctor`: checks what the program needs, and says what to mend."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import typer

from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Kafka,
    StoreDirectory,
    catalogue_of,
    kafka_settings,
)

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from streams.settings import Settings

CHECK_FAILED = 1
CLOCK_SECONDS = 5.0


class Finding(NamedTuple):
    """One check: what was looked at, whether it is well, and what was seen or how to mend it."""

    what: str
    well: bool
    note: str


def doctor(
    *,
    kafka: Kafka = None,
    clickhouse: ClickHouseUrl = None,
    store: StoreDirectory = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Check settings, catalogue, Kafka, topics, ClickHouse, schema and clock; say what to mend.

    Exit 1 when something is not well. With --store the embedded store is looked at instead of a server.
    """
    failed = 0
    for finding in _findings(kafka, clickhouse, store, catalogue):
        mark = "tốt/well " if finding.well else "LỖI/BAD  "
        typer.echo(f"{mark} {finding.what}: {finding.note}")
        failed += not finding.well
    if failed:
        raise typer.Exit(CHECK_FAILED)


def _findings(
    kafka: str | None, clickhouse: str | None, store: StoreDirectory, catalogue: CatalogueFile
) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "Python", (3, 11) <= sys.version_info[:2] <= (3, 13), f"{python}; 3.11 to 3.13 are supported"
    )
    try:
        settings = kafka_settings(kafka)
    except (ValueError, OSError) as error:
        yield Finding("settings", False, " ".join(str(error).split()))
        return
    yield Finding("settings", True, "read; every one is described in docs/settings.md")
    yield _tried(
        "catalogue", lambda: f"{len(catalogue_of(catalogue).figures)} KPIs, stocks and other figures"
    )
    if kafka or not store:
        yield from _kafka(settings)
    yield from _clickhouse(settings, clickhouse, store)


def _tried(what: str, check: Callable[[], str]) -> Finding:
    from schemas.catalogue import CatalogueError
    from streams.checkpoint import StoreError
    from streams.shard import Fatal

    try:
        return Finding(what, True, check())
    except (CatalogueError, StoreError, Fatal, OSError) as error:
        return Finding(what, False, str(error))


def _kafka(settings: "Settings") -> Iterator[Finding]:
    from schemas.contract import TOPICS
    from streams.topics import describe

    names = (*TOPICS, settings.dead_letter_topic)
    try:
        logs = describe(settings, names)
    except Exception as error:
        yield Finding("Kafka", False, f"{error}; is a broker running at {settings.kafka}? (setting `kafka`)")
        return
    yield Finding("Kafka", True, f"answers at {settings.kafka}")
    for name in names:
        note = (
            f"{logs[name].partitions} partitions"
            if name in logs
            else "missing; `worker` and `send` create it"
        )
        yield Finding(f"topic {name}", name in logs, note)


def _clickhouse(settings: "Settings", url: str | None, store: StoreDirectory) -> Iterator[Finding]:
    from sinks.clickhouse.client import connect
    from streams.checkpoint import StoreError

    if store is not None and not store.is_dir():
        yield Finding("store", False, f"there is no directory {store}; `replay`, `up` and `migrate` make it")
        return
    address = None if store else url or settings.clickhouse
    try:
        client = connect(store, address, settings.clickhouse_password.get_secret_value(), 5.0)
    except StoreError as error:
        yield Finding("ClickHouse", False, f"{error} (setting `clickhouse`)")
        return
    yield _tried("ClickHouse", lambda: str(client.command("SELECT 'version ' || version()")))
    yield _tried("schema", lambda: _schema(client))
    yield _clock(client)
    client.close()


def _schema(client: "Client") -> str:
    from sinks.clickhouse.migrate import plan
    from streams.checkpoint import StoreError

    if plan(client):
        raise StoreError("it is not that of this program; run `reform-pulse migrate`")
    return "up to date"


def _clock(client: "Client") -> Finding:
    theirs = float(str(client.command("SELECT toUnixTimestamp64Milli(now64(3)) / 1000")))
    apart = abs(theirs - time.time())
    note = f"ours and ClickHouse's are {apart:.1f} s apart; events more than 10 minutes ahead are refused"
    return Finding("clock", apart < CLOCK_SECONDS, note)
