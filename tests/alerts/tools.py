"""Prometheus and Alertmanager as they are installed, run on 127.0.0.1 for one test."""

import http.client
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from streams.tether import tethered

HOST = "127.0.0.1"


def need(*programs: str) -> list[str]:
    """Where programs are installed; skips the test when one is missing."""
    found = [shutil.which(program) for program in programs]
    missing = [name for name, path in zip(programs, found, strict=True) if path is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (Debian: prometheus, prometheus-alertmanager)")
    return [path for path in found if path]


@contextmanager
def running(log: Path, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; it cannot outlive this process."""
    with log.open("wb") as output:
        process = subprocess.Popen(tethered(*map(str, words)), stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


class Webhook:
    """Takes Alertmanager's notifications: `got` has (path, alert) for each alert of each."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                hook.got += [(self.path, alert) for alert in body["alerts"]]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> "Webhook":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, name: str, status: str, **labels: str) -> list[tuple[str, dict[str, Any]]]:
        """Notifications about an alert."""
        wanted = {"alertname": name, **labels}.items()
        return [(p, a) for p, a in self.got if a["status"] == status and wanted <= a["labels"].items()]


def query(port: int, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers to an instant query; nothing while it is not there."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", f"/api/v1/query?query={quote(expression)}")
        answer = json.loads(connection.getresponse().read())
    except (OSError, ValueError):
        return []
    finally:
        connection.close()
    found: list[dict[str, Any]] = answer.get("data", {}).get("result", [])
    return found


def until(condition: Callable[[], object], what: Callable[[], object], seconds: float = 90) -> None:
    """Wait until the condition holds; `what`: told when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)
