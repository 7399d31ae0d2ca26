"""Kafka itself, by the script and the properties that compose mounts; only addresses are replaced."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from streams.settings import Settings
from streams.tether import tethered
from streams.topics import describe, ensure
from tests import brokers
from tests.clients import Client
from tests.deploy import compose
from tests.deploy.prepared import prepared, replaced
from tests.e2e.metrics import free_port

STOP_SECONDS = 30.0
TOOLS = {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}


def kafka_home(folder: Path) -> Path:
    """The two programs of Kafka's that the script calls, over the class path of the tests."""
    (folder / "bin").mkdir()
    logging = brokers._HERE / "log4j2.properties"
    for name, main in TOOLS.items():
        java = f"exec java -Xmx512m -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile={logging}"
        text = (
            f'#!/bin/sh\n{java} -Dkafka.log.file={folder}/$$.log -cp "{brokers.class_path()}/*" {main} "$@"\n'
        )
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return folder


def configure(folder: Path, hosts: dict[str, str]) -> dict[str, int]:
    """Give each host of the properties ports on this machine; returns those for clients."""
    ports = {host: free_port() for host in hosts}
    controllers = {host: free_port() for host in hosts}
    for host, node in hosts.items():
        own = folder / host
        own.mkdir()
        for name in ("server.properties", f"{node}.properties"):
            (own / name).write_bytes((folder / "compose" / "kafka" / name).read_bytes())
        listeners = f"//127.0.0.1:{ports[host]},CONTROLLER://127.0.0.1:{controllers[host]}"
        replaced(
            own / "server.properties",
            {"//:9092,CONTROLLER://:9093": listeners, "/var/lib/kafka/data": own / "data"},
        )
        voters = {f"@{each}:9093": f"@127.0.0.1:{controllers[each]}" for each in hosts}
        replaced(own / f"{node}.properties", {f"//{host}:9092": f"//127.0.0.1:{ports[host]}"} | voters)
    return ports


@contextmanager
def running(folder: Path, hosts: dict[str, str]) -> Iterator[str]:
    """Start the nodes; gives their addresses."""
    copy = prepared(folder)
    ports = configure(folder, hosts)
    home = kafka_home(folder)
    cluster = (copy / "secrets" / "kafka.env").read_text().partition("=")[2].strip()
    with ExitStack() as stack:
        for host, node in hosts.items():
            env = {
                "PATH": os.environ["PATH"],
                "KAFKA_HOME": str(home),
                "KAFKA_PROPERTIES": str(folder / host),
            }
            env |= {"KAFKA_NODE": node, "KAFKA_CLUSTER_ID": cluster, "TMPDIR": str(folder)}
            output = stack.enter_context((folder / f"{host}.output").open("wb"))
            command = tethered("/bin/sh", str(copy / "kafka" / "start.sh"))
            process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
            stack.callback(process.wait, STOP_SECONDS)
            stack.callback(process.kill)
        yield ",".join(f"127.0.0.1:{port}" for port in ports.values())


@pytest.mark.parametrize(
    "layout",
    ["single", pytest.param("cluster", marks=pytest.mark.long)],
)
def test_the_program_creates_its_topics(layout: str, tmp_path: Path) -> None:
    if reason := brokers.missing():
        pytest.skip(reason)
    services = getattr(compose, layout)()
    hosts = {n: s["environment"]["KAFKA_NODE"] for n, s in services.items() if n.startswith("kafka")}
    worker = services["worker"]["environment"]
    replication = int(worker.get("REFORM_PULSE_REPLICATION", 1))
    assert replication == len(hosts) == len(worker["REFORM_PULSE_KAFKA"].split(","))
    with running(tmp_path, hosts) as bootstrap:
        client = Client(bootstrap)
        client.wait_until(lambda: len(client.admin.list_topics(timeout=30).brokers) == len(hosts))
        settings = Settings(kafka=bootstrap, partitions=8, replication=replication)
        ensure(settings, ["reform.tasks"])
        assert describe(settings, ["reform.tasks"])["reform.tasks"].partitions == 8
        assert client.produce("reform.tasks", [b"one"], acks="all") == [0]
        with client.consumer("group", session_timeout_ms=10_000) as consumer:
            consumer.subscribe(["reform.tasks"])
            (message,) = client.take(consumer, 1)
        assert message.value() == b"one", "the topic of the groups' offsets was created, too"
