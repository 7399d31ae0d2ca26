"""A gateway with a door: a real HTTP server on a free port, and a client of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from sources.adapter import Bound
from sources.adapters import ADAPTERS, bind
from sources.configuration import ConfigurationError
from sources.gateway.ingest import Ingest
from sources.gateway.outbox import Outbox
from sources.gateway.router import PATH, Gateway
from tests.gateway.counted import Counted
from tests.sources.samples import KEYS
from tests.strategies import NOW
from web.application import application
from web.doorkeeper import Doorkeeper
from web.key_file import KeyFile
from web.limits import RateLimit
from web.server import Server, listen

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "a1",
    "source": "/h51/one-stop",
    "type": "vn.reform.dossier.received.v1",
    "subject": "H51.18-220701-0001",
    "time": "2022-07-01T08:15:00+07:00",
    "data": {"agency": "H51.18", "channel": "online"},
}


class Door:
    """Sends requests to a gateway; `counted` is what it reported."""

    def __init__(self, app: FastAPI, address: str, counted: Counted) -> None:
        self.app, self.address, self.counted = app, address, counted
        self.client = httpx.Client(base_url=address, timeout=60)

    def post(
        self, body: object, content_type: str = STRUCTURED, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send bytes as they are, anything else as JSON."""
        given = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.client.post(PATH, headers={"content-type": content_type, **(headers or {})}, **given)

    def batch(self, *events: object, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a batch."""
        return self.post(list(events), BATCH, headers)


@contextmanager
def opened(
    kafka: str,
    keys: Path | None = None,
    rate: float = 1e6,
    timeout: float = 30.0,
    now: int = NOW,
    **more: Any,
) -> Iterator[Door]:
    """Open a door in front of this Kafka."""
    counted = Counted()
    doorkeeper = Doorkeeper(KeyFile(keys) if keys else None)
    gateway = Gateway(Outbox(kafka, timeout), doorkeeper, RateLimit(rate), counted, lambda: now, **more)
    router = gateway.router()
    Ingest(gateway, _adapter).add_to(router)
    app = application("test", "1", [router])
    server = Server(app, listen("127.0.0.1", 0))
    server.start()
    door = Door(app, server.address, counted)
    try:
        yield door
    finally:
        door.client.close()
        server.stop()


def _adapter(name: str) -> Bound | None:
    try:
        return bind(name, KEYS) if ADAPTERS[name].gives == "events" else None
    except (ConfigurationError, KeyError):
        return None
