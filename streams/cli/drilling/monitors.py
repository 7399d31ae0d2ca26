"""Prometheus and Alertmanager as they are installed, run on 127.0.0.1 for a while."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from streams.cli.drilling.webhook import HOST
from streams.tether import tethered

PROGRAMS = ("prometheus", "prometheus-alertmanager")
PROMETHEUS = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules/*.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{alertmanager}"]}}]}}]}}
scrape_configs:
- {{job_name: reform-pulse, static_configs: [{{targets: {targets}}}]}}
"""
ALERTMANAGER = """\
route:
  receiver: drill
  group_by: [alertname, agency]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 2s
receivers:
- name: drill
  webhook_configs: [{hooks}]
"""


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def monitors(folder: Path, targets: Sequence[str], hooks: Sequence[str]) -> Iterator[int]:
    """Run both over the rules in `folder/rules`; gives Prometheus' port. targets: what it scrapes."""
    ports = [free_port() for _ in PROGRAMS]
    urls = ", ".join(f"{{url: '{hook}'}}" for hook in hooks)
    alertmanager = f"{HOST}:{ports[1]}"
    texts = (
        PROMETHEUS.format(alertmanager=alertmanager, targets=json.dumps(list(targets))),
        ALERTMANAGER.format(hooks=urls),
    )
    storage = (
        (f"--storage.tsdb.path={folder}/tsdb",),
        ("--cluster.listen-address=", f"--storage.path={folder}/am"),
    )
    with ExitStack() as stack:
        for name, port, text, words in zip(PROGRAMS, ports, texts, storage, strict=True):
            (folder / f"{name}.yml").write_text(text)
            options = (f"--config.file={folder / name}.yml", f"--web.listen-address={HOST}:{port}")
            stack.enter_context(running(folder / f"{name}.log", shutil.which(name) or name, *words, *options))
        yield ports[0]


@contextmanager
def running(log: Path, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; it cannot outlive this process."""
    with log.open("wb") as output:
        process = subprocess.Popen(tethered(*map(str, words)), stdout=output, stderr=output)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


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


def within(seconds: float, condition: Callable[[], object]) -> bool:
    """Wait until the condition holds, no longer than so many seconds; whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
