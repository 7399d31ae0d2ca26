"""The services of our image as processes here: their command, environment and secrets, other addresses."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from streams.settings import PREFIX
from tests.deploy import compose
from tests.e2e.program import COMMAND, PATIENCE, Running

CLICKHOUSE = "clickhouse:8123"
SECRETS = "/run/secrets"
INSIDE = {"worker": ":9464/", "serve": ":8080/"}


class Containers:
    """Runs services of an installation that `prepare.sh` has prepared."""

    def __init__(self, installation: Path, services: dict[str, Any], kafka: str, clickhouse: str) -> None:
        self._installation, self._services = installation, services
        self._folder = installation.parent
        self._keys = self._folder / "keys.json"
        self._keys.write_text('{"clients": []}')
        self._addresses = {
            CLICKHOUSE: clickhouse.removeprefix("http://"),
            services["worker"]["environment"]["REFORM_PULSE_KAFKA"]: kafka,
            "/var/lib/reform-pulse/keys/keys.json": str(self._keys),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what is looked for
        }
        self._number = 0

    def run(self, name: str, *words: str) -> str:
        """Run a service that ends, with its own words or others; returns what it wrote."""
        done = subprocess.run(
            [*COMMAND, *(words or self._words(name))],
            env=self._environment(name),
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, **ports: int) -> Running:
        """Start a service that goes on; `ports`: settings that compose has, too."""
        self._number += 1
        environment = self._environment(name)
        chosen = {f"{PREFIX}{key.upper()}": str(value) for key, value in ports.items()}
        assert chosen.keys() <= environment.keys()
        return Running([*COMMAND, *self._words(name)], self._folder, environment | chosen, self._number)

    def healthy(self, name: str, port: int) -> bool:
        """What the service's own health check says."""
        kind, program, *words = self._services[name]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        assert INSIDE[name] in words[-1]
        words[-1] = words[-1].replace(INSIDE[name], f":{port}/")
        return subprocess.run([sys.executable, *words], check=False, capture_output=True).returncode == 0

    def _words(self, name: str) -> list[str]:
        return [self._here(word) for word in compose.words(self._services[name])]

    def _environment(self, name: str) -> dict[str, str]:
        wanted: dict[str, str] = self._services[name]["environment"]
        secrets = str(self._mounted(name))
        values = {key: self._here(value) for key, value in wanted.items()}
        return {"PATH": os.environ["PATH"]} | {
            key: secrets + value.removeprefix(SECRETS) if value.startswith(SECRETS) else value
            for key, value in values.items()
        }

    def _here(self, text: str) -> str:
        for there, here in self._addresses.items():
            text = text.replace(there, here)
        return text

    def _mounted(self, name: str) -> Path:
        """A folder with the secrets that this service is given, under the names it is given them."""
        folder = self._folder / f"secrets-of-{name}"
        folder.mkdir(exist_ok=True)
        files = compose.read("compose.yaml")["secrets"]
        for given in self._services[name]["secrets"]:
            source, target = (given["source"], given["target"]) if isinstance(given, dict) else (given, given)
            (folder / target).write_bytes((self._installation / files[source]["file"]).read_bytes())
        return folder
