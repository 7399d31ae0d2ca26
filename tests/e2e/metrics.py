"""A worker's Prometheus metrics and its health, as a scraper and a probe read them."""

import http.client
import json
import socket
from typing import Any

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def total(port: int, name: str) -> float:
    """The sum of all samples of a metric; 0 while nobody answers."""
    return sum(samples(port, name).values())


def samples(port: int, name: str) -> dict[str, float]:
    """Samples of one metric by their labels, `{topic="reform.tasks"}`; none while nobody answers."""
    pairs = (line.rpartition(" ") for line in _scraped(port).splitlines())
    return {key[len(name) :]: float(value) for key, _, value in pairs if key.partition("{")[0] == name}


def health(port: int, which: str) -> tuple[int, dict[str, Any]]:
    """Status code and body of `/health/live` or `/health/ready`; 0 and nothing while nobody answers."""
    code, body = _got(port, f"/health/{which}")
    return code, json.loads(body or "{}")


def _scraped(port: int) -> str:
    return _got(port, "/metrics")[1]


def _got(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()
