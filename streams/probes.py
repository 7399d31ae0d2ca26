"""What a worker tells over HTTP: `/health/live`, `/health/ready` for probes, `/metrics` for Prometheus."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from streams.health import Health, Verdict

LIVE, READY = "/health/live", "/health/ready"
_STATUS = {True: "200 OK", False: "503 Service Unavailable"}


def serve_probes(health: Health, host: str, port: int) -> None:
    """Answer from a thread of its own, as long as the process runs; raises OSError when the port is taken."""
    with named(host, port):
        server = make_server(host, port, _application(health), _Server, _Handler)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()


@contextmanager
def named(host: str, port: int) -> Iterator[None]:
    """An address that cannot be listened on is named, with its settings, in the OSError that is raised."""
    try:
        yield
    except OSError as error:
        raise OSError(
            f"cannot listen on {host} port {port} (settings `metrics_host`, `metrics_port`):"
            f" {error.strerror or error}"
        ) from error


def _application(health: Health) -> Callable[..., Iterable[bytes]]:
    metrics: Callable[..., Iterable[bytes]] = make_wsgi_app()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in (LIVE, READY):
            return metrics(environ, start)
        verdict = health.live if path == LIVE else health.ready
        start(_STATUS[verdict.good], [("Content-Type", "application/json; charset=utf-8")])
        return [_body(verdict, health)]

    return application


def _body(verdict: Verdict, health: Health) -> bytes:
    return json.dumps({"good": verdict.good, "why": verdict.why, **health.as_dict()}).encode() + b"\n"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a probe comes every few seconds."""
