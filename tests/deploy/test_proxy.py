"""Caddy itself with the Caddyfile and the certificate of `prepare.sh`: TLS, and who is behind it."""

import http.client
import os
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from streams.tether import tethered
from tests.deploy.prepared import SITE, prepared, replaced
from tests.e2e.metrics import free_port

PATIENCE = 30.0


class Echo(BaseHTTPRequestHandler):
    """Answers with its name, the path, and by which scheme it was asked."""

    def do_GET(self) -> None:
        """Answer."""
        body = f"{self.server.server_port} {self.path} {self.headers['X-Forwarded-Proto']}".encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: Message
    body: str


def ask(connection: http.client.HTTPConnection, path: str) -> Answer:
    """Ask once and close."""
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())


class Proxy:
    """A Caddy over two servers; ports of plain HTTP, TLS and the pages for Prometheus."""

    def __init__(self, caddy: str, folder: Path, serve: int, grafana: int) -> None:
        self.folder = prepared(folder)
        self.plain, self.tls, self.pages = free_port(), free_port(), free_port()
        file = self.folder / "caddy" / "Caddyfile"
        replaced(file, {":8081": f":{self.plain}", ":8443": f":{self.tls}", ":9100": f":{self.pages}"})
        secrets, metrics = self.folder / "secrets", self.folder / "metrics"
        metrics.mkdir()
        (metrics / "verify.prom").write_text("reform_pulse_verified_time 1\n")
        env = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "SITE": SITE,
            "SERVE": f"127.0.0.1:{serve}",
            "GRAFANA": f"127.0.0.1:{grafana}",
            "METRICS": str(metrics),
            "TLS_CERTIFICATE": str(secrets / "tls_certificate"),
            "TLS_KEY": str(secrets / "tls_key"),
        }
        command = [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]
        self.output = folder / "caddy.log"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(tethered(*command), env=env, stdout=output, stderr=output)

    def secure(self, path: str) -> Answer:
        """Ask by TLS, trusting the installation's certificate alone."""
        context = ssl.create_default_context(cafile=str(self.folder / "secrets" / "tls_certificate"))
        return ask(http.client.HTTPSConnection(SITE, self.tls, context=context, timeout=PATIENCE), path)

    def open(self, port: int, path: str) -> Answer:
        """Ask without TLS."""
        return ask(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), path)

    def wait(self) -> None:
        """Until it listens."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                assert self.open(self.pages, "/health").status == 200
                return
            except OSError:
                assert self.process.poll() is None, self.output.read_text()
                assert time.monotonic() < deadline, self.output.read_text()
                time.sleep(0.05)


@pytest.fixture
def servers() -> Iterator[list[ThreadingHTTPServer]]:
    """Two servers that stand for serve and Grafana."""
    found = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    for server in found:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    for server in found:
        server.shutdown()
        server.server_close()


def test_caddy_ends_tls_and_asks_who_is_behind(servers: list[ThreadingHTTPServer], tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("Caddy is not installed (Debian: caddy)")
    serve, grafana = (server.server_port for server in servers)
    proxy = Proxy(caddy, tmp_path, serve, grafana)
    try:
        proxy.wait()
        answer = proxy.secure("/v1/kpis?x=1")
        assert answer.body == f"{serve} /v1/kpis?x=1 https"
        assert answer.headers["Strict-Transport-Security"]
        board = proxy.secure("/grafana/d/rp-overview")
        assert board.body == f"{grafana} /grafana/d/rp-overview https"
        moved = proxy.open(proxy.plain, "/board")
        assert (moved.status, moved.headers["Location"]) == (301, f"https://{SITE}/board")
        page = proxy.open(proxy.pages, "/verify.prom")
        assert page.body == "reform_pulse_verified_time 1\n"
        assert page.headers["Content-Type"].startswith("text/plain")
    finally:
        proxy.process.terminate()
        proxy.process.wait(PATIENCE)
