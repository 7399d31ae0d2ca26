"""A real Apache Kafka for the tests: one KRaft node on 127.0.0.1 that can be stopped, killed and restarted.

Needs Java 17 or newer, and Maven once, to fetch the class path into `.cache/`. Unlike the embedded broker it
keeps its log over a restart, on the same port, so clients reconnect as they do in production.
"""

import base64
import fcntl
import hashlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.tether import tethered

_HOST = "127.0.0.1"
_HERE = Path(__file__).parent / "kafka"
_POM = _HERE / "pom.xml"
_CACHE = Path(__file__).parent.parent / ".cache"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PORT_TRIES = 3  # a free port may be taken by another program between asking and binding
# For a short life: little memory, and no time spent on optimising code that will not run again.
_JVM = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]

_REPLICATED = """
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
"""


class ApacheKafka:
    """A Kafka node with a life cycle; port, data and topics stay the same over stop, kill and restart.

    number: its id, and its place among the controllers of a cluster.
    """

    def __init__(self, number: int = 1) -> None:
        self.number = number
        self.home = Path(tempfile.mkdtemp(prefix="reform-pulse-kafka-"))
        self.log = self.home / "server.log"
        self.output = self.home / "output.log"
        self._properties = self.home / "server.properties"
        self._class_path = f"{class_path()}/*"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.way_in: dict[str, Any] = {}  # what a client needs beside the address, in librdkafka's words

    @property
    def bootstrap(self) -> str:
        """`host:port`; valid after `start`."""
        return f"{_HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the JVM, None before `start`."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Format the storage and start; blocks until a client can reach the broker, about 4 seconds."""
        for _ in range(_PORT_TRIES):
            port, controller = free_ports(2)
            self.configure(port, [controller], _new_cluster())
            self.launch()
            if self.ready():
                return self
        raise RuntimeError(f"Apache Kafka does not start: {self._last_words()}")

    def restart(self) -> Self:
        """Start again on the same data and port, after `stop` or `kill` (or stop first)."""
        self.stop()
        self.launch()
        if not self.ready():
            raise RuntimeError(f"Apache Kafka does not start again: {self._last_words()}")
        return self

    def stop(self) -> None:
        """End it in good order and wait; the data stays. May be called twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would, and wait; the data stays."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def configure(self, port: int, controllers: list[int], cluster: str, extra: str = "") -> None:
        """Format the storage. controllers: the ports of all nodes of the cluster; extra: more properties."""
        self.port = port
        data = self.home / "data"
        shutil.rmtree(data, ignore_errors=True)
        voters = ",".join(f"{place}@{_HOST}:{each}" for place, each in enumerate(controllers, 1))
        own = f"""
node.id={self.number}
{self._listeners(f"{_HOST}:{controllers[self.number - 1]}")}
controller.quorum.voters={voters}
log.dirs={data}
{extra}"""
        self._properties.write_text((_HERE / "server.properties").read_text() + own)
        words = ["format", "-t", cluster, "-c", str(self._properties), *self._first_users()]
        tool = self._java("kafka.tools.StorageTool", *words)
        subprocess.run(["java", *tool], check=True, capture_output=True)

    def _listeners(self, controller: str) -> str:
        """Properties of the addresses; controller: `host:port` for the nodes among themselves."""
        return (
            f"listeners=PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}\n"
            f"advertised.listeners=PLAINTEXT://{self.bootstrap}"
        )

    def _first_users(self) -> list[str]:
        """Words for the formatting of the storage that make users."""
        return []

    def launch(self) -> None:
        """Start the process, without waiting for it."""
        java = shutil.which("java") or "java"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                tethered(java, *self._java("kafka.Kafka", str(self._properties))),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)  # nothing happens when it has ended
            self._process.wait(_STOP_SECONDS)

    def _java(self, *command: str) -> list[str]:
        logging = [
            f"-Dlog4j2.configurationFile={_HERE / 'log4j2.properties'}",
            f"-Dkafka.log.file={self.log}",
        ]
        return [*_JVM, *logging, "-cp", self._class_path, *command]

    def ready(self, brokers: int = 1) -> bool:
        """Wait until a client sees so many brokers; kills the process and says no if that takes too long."""
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        client = AdminClient(
            {"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.ms": 20} | self.way_in
        )
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(KafkaException):
                if len(client.list_topics(timeout=1).brokers) >= brokers:
                    return True
            client.poll(0.02)
        self.kill()
        return False

    def _last_words(self) -> str:
        return "\n".join(file.read_text()[-2000:] for file in (self.output, self.log) if file.exists())


class Cluster:
    """Several nodes, each broker and controller; topics have as many replicas, and stand the loss of one."""

    def __init__(self, number: int = 3) -> None:
        self.nodes = [ApacheKafka(place) for place in range(1, number + 1)]

    @property
    def bootstrap(self) -> str:
        """All nodes; valid once entered."""
        return ",".join(node.bootstrap for node in self.nodes)

    def __enter__(self) -> Self:
        number = len(self.nodes)
        ports, cluster = free_ports(2 * number), _new_cluster()
        replicas = _REPLICATED.format(replicas=number, in_sync=number - 1)
        for node, port in zip(self.nodes, ports, strict=False):
            node.configure(port, ports[number:], cluster, replicas)
            node.launch()
        for node in self.nodes:
            if not node.ready(number):
                raise RuntimeError(f"node {node.number} does not start; see {node.home}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self.nodes:
            node.__exit__(kind, error, trace)


def missing() -> str | None:
    """Say what to install before `ApacheKafka` can run here; None when nothing is missing."""
    if _java_version() < 17:
        return "Apache Kafka needs Java 17 or newer; on Debian: apt install default-jre-headless"
    if not _cached().is_dir() and shutil.which("mvn") is None:
        return "Apache Kafka is fetched with Maven; on Debian: apt install maven"
    return None


def class_path() -> Path:
    """Return the folder of Kafka's jars; fetched once for each version of the pom."""
    jars = _cached()
    with _POM.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker of pytest-xdist may be at it
        if not jars.is_dir():
            _fetch(jars)
    return jars


def _fetch(jars: Path) -> None:
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:  # half a download never gets the final name
        maven = ["mvn", "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies"]
        subprocess.run([*maven, f"-DoutputDirectory={folder}/jars"], check=True, stdin=subprocess.DEVNULL)
        (Path(folder) / "jars").rename(jars)


def _cached() -> Path:
    return _CACHE / f"kafka-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]}"


def _java_version() -> int:
    java = shutil.which("java")
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', said)
    return int(version[1]) if version else 0


def _new_cluster() -> str:
    """An id that cannot be taken for an option: the first byte gives its first letter."""
    return base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind((_HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
