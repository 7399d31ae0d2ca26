"""`reform-pulse serve`: the HTTP services, in one process or each in its own.

`PARTS` is the list of them: a part is a function that makes a FastAPI router. To add one, write its router,
name it in `Part`, and make it in `PARTS`; keys, problem details, limits and request ids are around it.
"""

import gc
import logging
import threading
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.options import ClickHouseUrl, Kafka, StoreDirectory, fail, one_line_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fastapi import APIRouter, FastAPI

    from sources.adapter import Bound
    from streams.settings import Settings
    from web.doorkeeper import Doorkeeper

log = logging.getLogger(__name__)

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TITLE = "reform-pulse"
RETRY_SECONDS = 2.0


class Part(StrEnum):
    """What can be served."""

    GATEWAY = "gateway"
    QUERY = "query"
    BOARD = "board"


Host = Annotated[str | None, typer.Option("--host", help="Address; default: the settings'.")]
Port = Annotated[int | None, typer.Option("--port", help="Port, 0 for any free one; default: the settings'.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="File of API keys; default: the settings'.")
]
Only = Annotated[list[Part] | None, typer.Option("--only", help="Only these parts; default: all.")]


def serve(
    *,
    host: Host = None,
    port: Port = None,
    keys: Keys = None,
    kafka: Kafka = None,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    only: Only = None,
) -> None:
    """Serve HTTP until SIGTERM: gateway, query API, live board (docs/gateway.md, api.md, board.vi.md).

    Without API keys only on this machine. TLS belongs in front of it.
    """
    with one_line_errors():
        from prometheus_client import start_http_server

        from streams.settings import Settings
        from web.doorkeeper import OpenDoorError
        from web.keys import KeysError
        from web.server import Server, listen

        given: dict[str, Any] = {
            "http_host": host,
            "http_port": port,
            "api_keys": keys,
            "kafka": kafka,
            "clickhouse": clickhouse,
        }
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
        logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
        try:
            doorkeeper = doorkeeper_of(settings)
            doorkeeper.may_listen_on(settings.http_host)
        except (KeysError, OpenDoorError) as error:
            fail(str(error))
        listening = listen(settings.http_host, settings.http_port)
        server = Server(application_of(settings, doorkeeper, only, store), listening)
        if settings.metrics_port:
            start_http_server(settings.metrics_port, settings.metrics_host)
        if not only or Part.GATEWAY in only:
            threading.Thread(target=_ensure_topics, args=(settings,), daemon=True).start()
        _seldom_collect()
        typer.echo(f"{server.address}", err=True)
        server.run()


def _seldom_collect() -> None:
    """Requests leave no cycles behind: looking for some took a tenth of the gateway's time at full load."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def doorkeeper_of(settings: "Settings") -> "Doorkeeper":
    """The doorkeeper with the settings' keys; raises KeysError, OSError."""
    from web.doorkeeper import Doorkeeper
    from web.key_file import KeyFile

    return Doorkeeper(KeyFile(settings.api_keys) if settings.api_keys else None)


def application_of(
    settings: "Settings",
    doorkeeper: "Doorkeeper",
    only: "Collection[Part] | None" = None,
    store: Path | None = None,
) -> "FastAPI":
    """All parts, or only some, as one application; `store`: an embedded one instead of a server."""
    from importlib.metadata import version

    from web.application import application

    parts = [PARTS[part](settings, doorkeeper, store) for part in Part if not only or part in only]
    return application(TITLE, version(TITLE), parts)


def gateway_part(settings: "Settings", doorkeeper: "Doorkeeper", store: Path | None) -> "APIRouter":
    """The gateway, in front of the settings' Kafka; it needs no store."""
    del store
    from sources.gateway.ingest import Ingest
    from sources.gateway.outbox import Outbox
    from sources.gateway.router import Gateway
    from streams.clock import system_clock
    from streams.gateway_meter import GatewayMeter
    from web.limits import RateLimit

    origins = tuple(name.strip().lower() for name in settings.gateway_origins.split(",") if name.strip())
    gateway = Gateway(
        Outbox(settings.kafka, settings.gateway_timeout),
        doorkeeper,
        RateLimit(settings.gateway_rate),
        GatewayMeter(),
        system_clock,
        settings.gateway_body_bytes,
        origins,
    )
    router = gateway.router()
    Ingest(gateway, adapters_of(settings)).add_to(router)
    return router


def adapters_of(settings: "Settings") -> "Callable[[str], Bound | None]":
    """The adapters that the settings' keys and folder make ready, by name. Each is made once."""
    from functools import cache

    from sources.adapters import ADAPTERS, bind
    from sources.configuration import ConfigurationError
    from sources.pseudonym import PseudonymError, Pseudonyms

    try:
        pseudonyms = Pseudonyms.parse(settings.pseudonym_keys.get_secret_value())
    except PseudonymError as error:
        log.warning("no adapters: %s", error)
        return lambda _: None

    def named() -> "Collection[str]":
        files = settings.adapters.glob("*.toml") if settings.adapters else ()
        return {*ADAPTERS, *(file.stem for file in files)}

    @cache
    def bound(name: str) -> "Bound | None":
        try:
            found = bind(name, pseudonyms, settings.adapters)
        except ConfigurationError as error:
            log.warning("adapter %s cannot be used: %s", name, error)
            return None
        return found if found.adapter.gives == "events" else None

    return lambda name: bound(name) if name in named() else None


def query_part(settings: "Settings", doorkeeper: "Doorkeeper", store: Path | None) -> "APIRouter":
    """The query API, over an embedded store or the settings' ClickHouse."""
    from streams.cli.querying import query_part as made

    return made(settings, doorkeeper, store)


def board_part(settings: "Settings", doorkeeper: "Doorkeeper", store: Path | None) -> "APIRouter":
    """The live board: files alone, which ask the query API of the same address."""
    del settings, doorkeeper, store
    from serving.live.router import router

    return router()


PARTS: "dict[Part, Callable[[Settings, Doorkeeper, Path | None], APIRouter]]" = {
    Part.GATEWAY: gateway_part,
    Part.QUERY: query_part,
    Part.BOARD: board_part,
}


def _ensure_topics(settings: "Settings") -> None:
    """Create the topics as soon as Kafka can be reached; until then the gateway answers 503."""
    from schemas.contract import TOPICS
    from streams.shard import Fatal
    from streams.topics import ensure

    said = ""
    while True:
        try:
            ensure(settings, TOPICS)
        except Fatal as error:
            if str(error) != said:
                said = str(error)
                log.warning("waiting for Kafka: %s", said)
            time.sleep(RETRY_SECONDS)
        else:
            return
