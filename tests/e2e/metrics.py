"""A worker's Prometheus metrics, as a scraper reads them."""

import http.client
import socket

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


def _scraped(port: int) -> str:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        connection.close()
