"""The installation without Docker: Kafka with TLS, passwords and ACLs, and our services as they are set."""

import json
import urllib.request
from pathlib import Path

import pytest

from schemas.contract import DEAD_LETTERS, TOPICS
from streams.settings import Settings
from streams.topics import describe
from tests import brokers
from tests.clickhouse_front import Front
from tests.deploy import compose
from tests.deploy.containers import Containers
from tests.deploy.kafka import WORDS, running
from tests.deploy.prepared import prepared
from tests.e2e import metrics
from tests.e2e.conftest import front

__all__ = ["front"]
EVENT = {
    "specversion": "1.0",
    "id": "a1",
    "source": "/h51/one-stop",
    "type": "vn.reform.dossier.received.v1",
    "subject": "H51.18-220701-0001",
    "time": "2022-07-01T08:15:00+07:00",
    "data": {"agency": "H51.18", "channel": "online", "service_level": "full"},
}


@pytest.fixture(autouse=True)
def java() -> None:
    """Kafka is a Java program."""
    if reason := brokers.missing():
        pytest.skip(reason)


def send(port: int, key: str) -> int:
    """Send the event to the gateway; returns the status."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    url = f"http://127.0.0.1:{port}/v1/events"
    request = urllib.request.Request(url, json.dumps(EVENT).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return int(answer.status)


def test_an_event_goes_from_the_gateway_to_clickhouse(tmp_path: Path, front: Front) -> None:
    installation, services = prepared(tmp_path), compose.single()
    with running(installation, services) as kafka:
        containers = Containers(installation, services, kafka, front.url)
        for name in ("topics", "acls", "migrate"):
            containers.run(name)
        worker_port, http_port = metrics.free_port(), metrics.free_port()
        worker = containers.start("worker", metrics_port=worker_port)
        serve = containers.start("serve", http_port=http_port, metrics_port=metrics.free_port())
        try:
            worker.until(lambda: containers.healthy("worker", worker_port))
            serve.until(lambda: containers.healthy("serve", http_port))
            key = containers.run(
                "tools", "keys", "create", "one-stop", "--source", "/h51/one-stop", "--agency", "H51"
            )
            assert send(http_port, key.strip()) == 202
            worker.until(lambda: any("INSERT INTO events" in each for each in front.executed))
            assert "LỖI/BAD" not in containers.run("tools")
            passwords = {file.read_text().strip() for file in installation.glob("secrets/*_password")}
            seen = (tmp_path / WORDS).read_text() + (tmp_path / "kafka.output").read_text()
            assert [each for each in (*passwords, "serverKey") if each in seen] == []
            assert (worker.stop(), serve.stop()) == (0, 0)
        finally:
            for process in (worker.process, serve.process):
                process.kill()
                process.wait()


@pytest.mark.long
def test_three_nodes_hold_every_topic(tmp_path: Path, front: Front) -> None:
    installation, services = prepared(tmp_path), compose.cluster()
    with running(installation, services) as kafka:
        containers = Containers(installation, services, kafka, front.url)
        containers.run("topics")
        containers.run("acls")
        password = (installation / "secrets" / "kafka_admin_password").read_text().strip()
        settings = Settings(
            kafka=kafka,
            kafka_security="SASL_SSL",
            kafka_user="admin",
            kafka_password=password,
            kafka_ca=installation / "secrets" / "kafka_ca",
        )
        partitions = int(services["worker"]["environment"]["REFORM_PULSE_PARTITIONS"])
        logs = describe(settings, [*TOPICS, DEAD_LETTERS])
        assert [logs[topic].partitions for topic in (*TOPICS, DEAD_LETTERS)] == [partitions] * (
            len(TOPICS) + 1
        )
