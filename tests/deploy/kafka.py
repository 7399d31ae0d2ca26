"""Kafka itself, by the script, properties and secrets that compose mounts; only addresses are replaced."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from streams.tether import tethered
from tests import brokers
from tests.deploy import compose
from tests.deploy.prepared import replaced
from tests.e2e.metrics import free_port

STOP_SECONDS = 30.0
TOOLS = {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}
WORDS = "words"
"""What was on command lines of Kafka's programs, in the folder of an installation."""
SECURITY = compose.ROOT / "deploy" / "kafka" / "security.properties"


@contextmanager
def running(installation: Path, services: dict[str, dict[str, object]]) -> Iterator[str]:
    """Start the nodes among the services of a prepared installation; gives the clients' addresses."""
    nodes = {name: service for name, service in services.items() if name.startswith("kafka")}
    folder = installation.parent
    ports = {name: free_port() for name in nodes}
    hosts = configure(installation, nodes, ports)
    home = kafka_home(folder)
    cluster = (installation / "secrets" / "kafka.env").read_text().partition("=")[2].strip()
    with ExitStack() as stack:
        for name, own in hosts.items():
            environment = nodes[name]["environment"]
            assert isinstance(environment, dict)
            env = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "KAFKA_HOME": str(home)}
            env |= {"KAFKA_NODE": environment["KAFKA_NODE"], "KAFKA_CLUSTER_ID": cluster}
            env |= {"KAFKA_PROPERTIES": str(own), "KAFKA_SECRETS": str(installation / "secrets")}
            output = stack.enter_context((folder / f"{name}.output").open("wb"))
            command = tethered("/bin/sh", str(installation / "kafka" / "start.sh"))
            process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
            stack.callback(process.wait, STOP_SECONDS)
            stack.callback(process.kill)
        yield ",".join(f"127.0.0.1:{port}" for port in ports.values())


def configure(
    installation: Path, nodes: dict[str, dict[str, object]], ports: dict[str, int]
) -> dict[str, Path]:
    """Give each node a folder as its container has it, with ports of this machine."""
    between = {name: free_port() for name in nodes}
    controllers = {name: free_port() for name in nodes}
    voters = {f"@{name}:9093": f"@127.0.0.1:{port}" for name, port in controllers.items()}
    folders = {}
    for name, node in nodes.items():
        own = folders[name] = installation.parent / name
        own.mkdir()
        environment = node["environment"]
        assert isinstance(environment, dict)
        (own / "security.properties").write_bytes(SECURITY.read_bytes())
        for file in ("server.properties", f"{environment['KAFKA_NODE']}.properties"):
            (own / file).write_bytes((installation / "kafka" / file).read_bytes())
        there = f"127.0.0.1:{ports[name]},BROKERS://127.0.0.1:{between[name]}"
        replaced(
            own / "server.properties",
            {
                "//:9092,BROKERS://:9094,CONTROLLER://:9093": f"//{there},CONTROLLER://127.0.0.1:{controllers[name]}",
                "/var/lib/kafka/data": own / "data",
                "/run/secrets": installation / "secrets",
            },
        )
        mine = {f"//{name}:9092,BROKERS://{name}:9094": f"//{there}"}
        replaced(own / f"{environment['KAFKA_NODE']}.properties", mine | voters)
    return folders


def kafka_home(folder: Path) -> Path:
    """The two programs of Kafka's that the script calls, over the class path of the tests."""
    (folder / "bin").mkdir()
    logging = brokers._HERE / "log4j2.properties"
    noted = f'echo "$*" >> {folder}/{WORDS}'
    for name, main in TOOLS.items():
        java = f"exec java -Xmx512m -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile={logging}"
        java += f' -Dkafka.log.file={folder}/$$.log -cp "{brokers.class_path()}/*" {main} "$@"'
        text = f"#!/bin/sh\n{noted}\n{java}\n"
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return folder
