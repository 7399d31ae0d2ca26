"""The parts of the HTTP services, and how they become one application.

`PARTS` is the list of them: a part is a function that makes a FastAPI router. To add one, write its router,
name it in `Part`, and make it in `PARTS`; keys, problem details, limits and request ids are around it.
"""

import logging
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.oidc import sessions_of, sign_in_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fastapi import APIRouter, FastAPI

    from sources.adapter import Bound
    from streams.settings import Settings
    from web.doorkeeper import Doorkeeper

log = logging.getLogger(__name__)

TITLE = "reform-pulse"


class Part(StrEnum):
    """What can be served."""

    GATEWAY = "gateway"
    QUERY = "query"
    BOARD = "board"


def doorkeeper_of(settings: "Settings") -> "Doorkeeper":
    """The doorkeeper with the settings' keys and issuer; raises KeysError, UsageError, OSError."""
    from web.doorkeeper import Doorkeeper
    from web.key_file import KeyFile

    keys = KeyFile(settings.api_keys) if settings.api_keys else None
    return Doorkeeper(keys, tokens=tokens_of(settings), sessions=sessions_of(settings))


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
    from streams.kafka import librdkafka
    from web.limits import RateLimit

    origins = tuple(name.strip().lower() for name in settings.gateway_origins.split(",") if name.strip())
    gateway = Gateway(
        Outbox(settings.kafka, settings.gateway_timeout, librdkafka(settings)),
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
    """The live board: files, which ask the query API of the same address, and the way to sign in."""
    del store
    from serving.live.router import router

    return router(sign_in_of(settings, doorkeeper.sessions))


PARTS: "dict[Part, Callable[[Settings, Doorkeeper, Path | None], APIRouter]]" = {
    Part.GATEWAY: gateway_part,
    Part.QUERY: query_part,
    Part.BOARD: board_part,
}
