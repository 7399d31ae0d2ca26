"""Our services with exactly the environment of their containers: only addresses and folders are replaced."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.settings import PREFIX
from tests.clickhouse_front import Front
from tests.deploy import compose
from tests.deploy.prepared import prepared
from tests.e2e import metrics
from tests.e2e.conftest import front, log
from tests.e2e.kafka import Log
from tests.e2e.program import COMMAND, PATIENCE, Running

__all__ = ["front", "log"]
URL = "http://reform_pulse@clickhouse:8123/default"


@pytest.fixture(scope="session")
def broker(embedded_broker: Any) -> Any:
    """The embedded one is enough here."""
    return embedded_broker


class Containers:
    """Runs services of the single server on this machine."""

    def __init__(self, folder: Path, log: Log, front: Front) -> None:
        self.folder = folder
        secrets = prepared(folder) / "secrets"
        keys = folder / "keys.json"
        keys.write_text('{"clients": []}')
        url = front.url.replace("http://", "http://reform_pulse@") + "/default"
        self._places = {
            URL: url,
            "kafka:9092": log.bootstrap,
            "/run/secrets": str(secrets),
            "/var/lib/reform-pulse/keys/keys.json": str(keys),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what is looked for
        }

    def environment(self, name: str, **ports: int) -> dict[str, str]:
        """The service's variables; `ports`: settings that are chosen here."""
        wanted = compose.single()[name]["environment"]
        env = {key: self._places.get(value, value) for key, value in wanted.items()}
        chosen = {f"{PREFIX}{key.upper()}": str(value) for key, value in ports.items()}
        assert chosen.keys() <= env.keys(), "compose sets them, too"
        return {"PATH": os.environ["PATH"], **env, **chosen}

    def words(self, name: str) -> list[str]:
        """The service's command."""
        return [self._places.get(word, word) for word in compose.words(compose.single()[name])]

    def run(self, name: str) -> str:
        """Run a service that ends; returns what it wrote."""
        done = subprocess.run(
            [*COMMAND, *self.words(name)],
            env=self.environment(name),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, name: str, number: int, **ports: int) -> Running:
        """Start a service that goes on."""
        command = [*COMMAND, *self.words(name)]
        return Running(command, self.folder, self.environment(name, **ports), number)


def healthy(name: str, port: int) -> bool:
    """What the service's own health check says."""
    kind, program, *words = compose.single()[name]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    inside = {"worker": ":9464/", "serve": ":8080/"}[name]
    assert inside in words[-1]
    words[-1] = words[-1].replace(inside, f":{port}/")
    return subprocess.run([sys.executable, *words], check=False, capture_output=True).returncode == 0


def test_the_services_of_our_image_start(tmp_path: Path, log: Log, front: Front) -> None:
    containers = Containers(tmp_path, log, front)
    assert "statements run" in containers.run("migrate")
    worker_port, http_port = metrics.free_port(), metrics.free_port()
    worker = containers.start("worker", 0, metrics_port=worker_port)
    serve = containers.start("serve", 1, http_port=http_port, metrics_port=metrics.free_port())
    try:
        worker.until(lambda: healthy("worker", worker_port))
        serve.until(lambda: healthy("serve", http_port))
        containers.run("tools")
        assert (worker.stop(), serve.stop()) == (0, 0)
    finally:
        for running in (worker, serve):
            running.process.kill()
            running.ended()
