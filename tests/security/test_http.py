"""Every route of `serve`, as the application itself names them: none with data answers without a key.

The worker's own port (`metrics_port`) has no keys; docs/security.md says what follows of that.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, NamedTuple

import httpx
import pytest

from streams.cli.parts import application_of, doorkeeper_of
from streams.settings import Settings
from tests.security.conftest import command
from web.key_file import write
from web.keys import Client, KeyBook
from web.principal import Role
from web.server import Server, listen

SALT = "a=of-more-than-thirty-two-signs-in-all"
NOWHERE = "127.0.0.1:9"
PUBLIC = {
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/problems/{code}"),
    ("GET", "/v1/contract"),
    ("GET", "/"),
    ("GET", "/static/{name}"),
    ("GET", "/session"),
    ("OPTIONS", "/v1/events"),
}
"""What has no data in it: descriptions, the board's files, who is signed in, the handshake of web hooks."""
VALUES = {"{code}": "forbidden", "{name}": "board.js"}
ELSEWHERE = ("0.0.0.0", "::", "192.0.2.1", "reform-pulse.example")  # noqa: S104 - that they are refused


class Served(NamedTuple):
    """The application with a file of keys; `app` to be looked into, `key` is of a sender."""

    app: Any
    client: httpx.Client
    settings: Settings
    key: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve all parts; neither Kafka nor ClickHouse is there, so who is let in gets 503 and no 401."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    sender = Client(name="one-stop", role=Role.SENDER, sources=("*",), agencies=("*",))
    book, key = KeyBook().create(sender, datetime.now(UTC))
    write(keys, book)
    settings = Settings(kafka=NOWHERE, clickhouse=f"http://{NOWHERE}", api_keys=keys, pseudonym_keys=SALT)
    app = application_of(settings, doorkeeper_of(settings))
    server = Server(app, listen("127.0.0.1", 0))
    server.start()
    with httpx.Client(base_url=server.address, timeout=60) as client:
        yield Served(app, client, settings, key)
    server.stop()


def routes(found: Any) -> set[tuple[str, str]]:
    """Method and path of every route, those of included routers too."""
    named: set[tuple[str, str]] = set()
    for route in found:
        if inner := getattr(route, "original_router", None):
            named |= routes(inner.routes)
        else:
            named |= {(method, route.path) for method in route.methods if method != "HEAD"}
    return named


def test_no_route_answers_without_a_key_but_those_without_data(served: Served) -> None:
    every = routes(served.app.routes)
    assert every > PUBLIC
    assert {path for _, path in every - PUBLIC} >= {
        "/v1/events",
        "/v1/ingest/{name}",
        "/v1/kpis",
        "/v1/stream",
    }
    for method, path in every:
        address = path
        for name, value in VALUES.items():
            address = address.replace(name, value)
        for headers in ({}, {"authorization": "Bearer rp_00000000_x"}):
            answer = served.client.request(method, address, headers=headers)
            if (method, path) in PUBLIC:
                assert answer.status_code < 300, (method, path)
            else:
                assert answer.status_code == 401, (method, path)
                assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_every_answer_tells_browsers_what_not_to_do(served: Served) -> None:
    for address in (
        "/",
        "/static/board.js",
        "/health",
        "/openapi.json",
        "/v1/kpis",
        "/v1/contract",
        "/nowhere",
    ):
        headers = served.client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/v1/events", "/v1/ingest/payments"])
@pytest.mark.parametrize("known", [True, False])
def test_who_announces_too_much_is_answered_before_a_byte_of_it(
    served: Served, path: str, known: bool
) -> None:
    key = served.key if known else "rp_00000000_x"
    connection = HTTPConnection(served.client.base_url.host, served.client.base_url.port, timeout=60)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/cloudevents-batch+json")
    connection.putheader("Authorization", f"Bearer {key}")
    connection.putheader("Content-Length", str(served.settings.gateway_body_bytes + 1))
    connection.endheaders()
    assert connection.getresponse().status == (413 if known else 401)
    connection.close()


@pytest.mark.parametrize("host", ELSEWHERE)
def test_without_keys_nobody_else_is_served(host: str) -> None:
    done = command({}, "serve", "--host", host, "--port", "0")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"reform-pulse: {host} can be reached from other machines")


@pytest.fixture(scope="module")
def unlocked() -> Iterator[httpx.Client]:
    """Give a client of all parts without keys; neither Kafka nor ClickHouse is there."""
    settings = Settings(kafka=NOWHERE, clickhouse=f"http://{NOWHERE}", pseudonym_keys=SALT, gateway_timeout=1)
    server = Server(application_of(settings, doorkeeper_of(settings)), listen("127.0.0.1", 0))
    server.start()
    with httpx.Client(base_url=server.address, timeout=60) as client:
        yield client
    server.stop()


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        ({}, True),
        ({"host": "localhost:8080"}, True),
        ({"host": "[::1]:8080", "origin": "http://localhost:8080"}, True),
        ({"host": "pulse.example.vn"}, False),
        ({"host": "127.0.0.1.example.vn:8080"}, False),
        ({"host": "[::1"}, False),
        ({"origin": "https://example.vn"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_without_keys_neither_a_proxy_nor_another_sites_page_is_served(
    unlocked: httpx.Client, headers: dict[str, str], served: bool
) -> None:
    for method, path in (("GET", "/v1/kpis?period=2022-Q3"), ("POST", "/v1/ingest/nowhere")):
        status = unlocked.request(method, path, headers=headers, content=b"").status_code
        assert status in ((503, 404) if served else (403,)), path
