"""A local receiver of Alertmanager's notifications, which also shows Prometheus the verdict of `verify`."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.1"
Told = tuple[str, dict[str, Any]]


class Webhook:
    """Use as a context. got: (path, alert) for each alert of each notification. file: served on GET."""

    def __init__(self, file: Path | None = None) -> None:
        self.got: list[Told] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                hook.got += [(self.path, alert) for alert in body["alerts"]]
                self._answer(b"")

            def do_GET(self) -> None:
                self._answer(file.read_bytes() if file and file.exists() else b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # who asked is gone: at the end of a drill all are stopped at once
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.address = f"{HOST}:{self._server.server_port}"
        self.url = f"http://{self.address}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, name: str, status: str, **labels: str) -> list[Told]:
        """Notifications about an alert, `firing` or `resolved`."""
        wanted = {"alertname": name, **labels}.items()
        return [(p, a) for p, a in self.got if a["status"] == status and wanted <= a["labels"].items()]
