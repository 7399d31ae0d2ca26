"""Who takes part, in which variants, and how each is installed: in a venv of its own, pinned."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache" / "bench-peers"
WRITES, RECOVERY = "writes", "recovery"


@dataclass(frozen=True)
class Contender:
    """One way of doing the job.

    variants: sets of WRITES and RECOVERY. keeps: what of a dossier it keeps. written: what WRITES writes.
    recovery: how it comes back after a crash. quick: a run takes seconds. counts: it has a result.
    """

    name: str
    title: str
    variants: tuple[frozenset[str], ...]
    keeps: str
    written: str = "counts"
    recovery: str = "none"
    workers: int = 1
    ours: bool = False
    quick: bool = True
    counts: bool = True

    @property
    def folder(self) -> Path:
        return Path(__file__).parent / "peers" / self.name

    @property
    def is_java(self) -> bool:
        return (self.folder / "pom.xml").exists()

    def command(self) -> list[str]:
        """How its process is started; installs it first. Raises Missing."""
        if self.ours:
            return [sys.executable, "-m", "bench.ours"]
        if self.is_java:
            return ["java", *JAVA, "-cp", f"{_jars(self.folder)}/*", "bench.Main"]
        return [str(_venv(self) / "bin" / "python"), "-m", f"bench.peers.{self.name}"]


class Missing(Exception):  # noqa: N818 - no error of ours
    """A contender cannot run here; the message says why."""


JAVA = ["-Xmx2g", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
"""One core: the serial collector is the cheapest there."""
PLAIN, ALL = frozenset[str](), frozenset({WRITES, RECOVERY})
BOTH = (PLAIN, frozenset({WRITES}))
EVERY = (PLAIN, frozenset({WRITES}), frozenset({RECOVERY}), ALL)
NARROW = "9 columns"
OURS = {
    "variants": (PLAIN, ALL),
    "keeps": "all 34 columns",
    "written": "events, states, all measures by hour and by day",
    "recovery": "states in ClickHouse before the offset is committed",
    "ours": True,
}
CONTENDERS = (
    Contender("ours", "reform-pulse, one worker", **OURS),
    Contender("ours_two", "reform-pulse, two workers", **OURS, workers=2),
    Contender("msgspec_loop", "hand-written loop, confluent-kafka and msgspec", BOTH, NARROW),
    Contender(
        "msgspec_store",
        "the same loop, keeping events and states",
        (ALL,),
        NARROW,
        written="events, states (9 columns), counts",
        recovery="states in ClickHouse before the offset is committed",
    ),
    Contender(
        "kafka_streams",
        "Kafka Streams (Java), Processor API",
        EVERY,
        NARROW,
        written="counts (to ClickHouse in another process)",
        recovery="RocksDB and changelog topics",
    ),
    Contender("bytewax_dataflow", "Bytewax", EVERY, NARROW, recovery="snapshots in SQLite, every 10 s"),
    Contender(
        "pathway_tables", "Pathway", EVERY, NARROW, recovery="snapshots of its input, every 10 s", quick=False
    ),
    Contender(
        "quix_streams", "Quix Streams", EVERY, NARROW, recovery="RocksDB and changelog topics", quick=False
    ),
    Contender(
        "faust_per_event",
        "Faust, event by event, Tables",
        EVERY,
        NARROW,
        recovery="changelog topics",
        quick=False,
    ),
    Contender(
        "raw_librdkafka", "librdkafka alone: records received, not read", (PLAIN,), "nothing", counts=False
    ),
)


def environment() -> dict[str, str]:
    """Environment of all contenders' processes; settings of ours are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFORM_PULSE_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _venv(contender: Contender) -> Path:
    """Its venv, made once for each version of its requirements."""
    requirements = contender.folder / "requirements.txt"
    version = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    venv = CACHE / f"{contender.name}-{version}"
    if not (venv / ".installed").exists():
        print(f"installing {contender.title}", flush=True)
        uv = str(Path(sys.executable).parent / "uv")
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)])
        python = str(venv / "bin" / "python")
        _run([uv, "pip", "install", "--quiet", "--python", python, "-r", str(requirements)])
        (venv / ".installed").touch()
    return venv


def _jars(folder: Path) -> Path:
    """Classes and dependencies of the Java contender, built once for each version of its sources."""
    if not shutil.which("mvn") or not shutil.which("java"):
        raise Missing("needs Java 17 and Maven")
    sources = [folder / "pom.xml", *sorted(folder.rglob("*.java"))]
    version = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:12]
    built = CACHE / f"{folder.name}-{version}"
    if not (built / "jars").exists():
        print("building Kafka Streams' program", flush=True)
        copied = shutil.copytree(folder, built / "project", dirs_exist_ok=True)
        maven = ["mvn", "-B", "-q", "-f", str(copied / "pom.xml"), "package", "dependency:copy-dependencies"]
        _run([*maven, f"-DoutputDirectory={copied}/target/jars"])
        for jar in (copied / "target").glob("*.jar"):
            jar.rename(copied / "target" / "jars" / jar.name)
        (copied / "target" / "jars").rename(built / "jars")
    return built / "jars"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr + done.stdout).strip().splitlines()
        raise Missing("cannot be installed here: " + " ".join(said[-3:])[:300])
