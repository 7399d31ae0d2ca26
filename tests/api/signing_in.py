"""A server that people sign in to, with the identity provider of the tests; and sessions with little left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from serving.api.desk import Desk
from serving.api.reader import Sight
from serving.api.router import router as api
from serving.live.router import router as board
from streams.cli.oidc import sign_in_of
from streams.cli.parts import doorkeeper_of
from streams.cli.querying import StoreReader
from streams.settings import Settings
from tests.api.conftest import CATALOGUE, NOW
from tests.web.provider import AUDIENCE, CLIENT, SECRET, Provider
from web.application import application
from web.limits import RateLimit
from web.seal import Seal
from web.server import Server, listen

SIGNING = "s" * 32
COOKIE = "reform-pulse-session"


@contextmanager
def signing_in(reader: StoreReader, provider: Provider) -> Iterator[tuple[str, Settings]]:
    """Address and settings of a server with query API and board."""
    listening = listen("127.0.0.1", 0)
    settings = Settings(
        oidc_issuer=provider.issuer,
        oidc_audience=AUDIENCE,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        session_secret=SIGNING,
        board_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
    )
    doorkeeper = doorkeeper_of(settings)
    query = api(Desk(Sight(reader, CATALOGUE, lambda: NOW), doorkeeper, RateLimit(1e6)))
    made = application("test", "1", [query, board(sign_in_of(settings, doorkeeper.sessions))])
    server = Server(made, listening)
    server.start()
    try:
        yield server.address, settings
    finally:
        server.stop()


def session(left: timedelta, **changed: Any) -> str:
    """The cookie of a session with so much left of its hour."""
    hour = timedelta(hours=1)
    claims = {"sub": "oidc-1", "role": "viewer", "agencies": ["H51.18"], "name": "A"} | changed
    return Seal(SIGNING, lambda: datetime.now(UTC) + left - hour).closed("session", claims, hour)
