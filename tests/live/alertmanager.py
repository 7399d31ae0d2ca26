"""A real Alertmanager, and alerts in it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.alerts.tools import need, until
from tests.e2e.metrics import free_port

CONFIGURATION = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


@contextmanager
def alertmanager(folder: Path) -> Iterator[str]:
    """One that runs; gives its address. Skips the test where it is not installed."""
    (program,) = need("prometheus-alertmanager")
    file = folder / "alertmanager.yml"
    file.write_text(CONFIGURATION, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    options = [
        f"--config.file={file}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    command = [program, *options, "--cluster.listen-address="]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _ready(address), lambda: "the Alertmanager does not start")
            yield f"http://{address}"
        finally:
            process.terminate()


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def fire(address: str, agency: str) -> None:
    """An alert about an agency; '': about the system."""
    labels = {"alertname": "LateWithoutApology", "severity": "warning"} | (
        {"agency": agency} if agency else {}
    )
    texts = {"summary": f"{agency}: hồ sơ trễ hạn chưa xin lỗi", "description": "Trễ.\nLate without apology."}
    body = [{"labels": labels, "annotations": texts, "startsAt": datetime.now(UTC).isoformat()}]
    httpx.post(f"{address}/api/v2/alerts", json=body).raise_for_status()
