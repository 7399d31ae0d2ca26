"""A real Apache Kafka for the tests: one KRaft node on 127.0.0.1 that can be stopped, killed and restarted.

Needs Java 17 or newer, and Maven once, to fetch the class path into `.cache/`. Unlike the embedded broker it
keeps its log over a restart, on the same port, so clients reconnect as they do in production.
"""

import base64
import hashlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

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


class ApacheKafka:
    """A Kafka node with a life cycle; port, data and topics stay the same over stop, kill and restart."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="reform-pulse-kafka-"))
        self.log = self.home / "server.log"
        self.output = self.home / "output.log"
        self._properties = self.home / "server.properties"
        self._class_path = f"{class_path()}/*"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

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
            self._configure()
            if self._run():
                return self
        raise RuntimeError(f"Apache Kafka does not start: {self._last_words()}")

    def restart(self) -> Self:
        """Start again on the same data and port, after `stop` or `kill` (or stop first)."""
        self.stop()
        if not self._run():
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

    def _configure(self) -> None:
        self.port, controller = _free_ports(2)
        data = self.home / "data"
        shutil.rmtree(data, ignore_errors=True)
        own = f"""
listeners=PLAINTEXT://{self.bootstrap},CONTROLLER://{_HOST}:{controller}
advertised.listeners=PLAINTEXT://{self.bootstrap}
controller.quorum.voters=1@{_HOST}:{controller}
log.dirs={data}
"""
        self._properties.write_text((_HERE / "server.properties").read_text() + own)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties))
        subprocess.run(["java", *tool], check=True, capture_output=True)

    def _run(self) -> bool:
        java = shutil.which("java") or "java"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                tethered(java, *self._java("kafka.Kafka", str(self._properties))),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        return self._ready(self._process)

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

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        client = AdminClient(
            {"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.ms": 20}
        )
        while process.poll() is None and time.monotonic() < deadline:
            try:
                return bool(client.list_topics(timeout=1).brokers)
            except KafkaException:
                client.poll(0)
        self.kill()
        return False

    def _last_words(self) -> str:
        return "\n".join(file.read_text()[-2000:] for file in (self.output, self.log) if file.exists())


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
    if not jars.is_dir():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as folder:  # half a download never gets the final name
            maven = ["mvn", "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies"]
            subprocess.run([*maven, f"-DoutputDirectory={folder}/jars"], check=True, stdin=subprocess.DEVNULL)
            (Path(folder) / "jars").rename(jars)
    return jars


def _cached() -> Path:
    return _CACHE / f"kafka-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:12]}"


def _java_version() -> int:
    java = shutil.which("java")
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', said)
    return int(version[1]) if version else 0


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind((_HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
