"""One embedded broker for the folder; a group and topics of its own for each test; worker processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from streams import topics as kafka_topics
from streams.broker import Broker
from tests.transport.recorder import settings, topics

_PATIENCE = 120.0


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Bootstrap servers of an embedded broker."""
    with Broker() as broker:
        yield broker.bootstrap


@pytest.fixture
def group(kafka: str, request: pytest.FixtureRequest) -> str:
    """A consumer group, whose two topics exist with 4 partitions each."""
    name = request.node.name.replace("[", "-").replace("]", "")
    kafka_topics.ensure(settings(kafka, name), topics(name))
    return str(name)


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll until it holds; fails after a long while."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def produce(kafka: str, group: str, start: int, stop: int) -> None:
    """Send `stop - start` numbered events to each topic of the group, spread over the partitions."""
    producer = Producer(
        {"bootstrap.servers": kafka, "linger.ms": 5, "batch.num.messages": 100, "log_level": 0}
    )
    for number in range(start, stop):
        for topic in topics(group):
            producer.produce(topic, b"event %-90d" % number, partition=number % 4)
    producer.flush()


def committed(kafka: str, group: str) -> dict[tuple[str, int], int]:
    """What the broker says is committed; -1001 for nothing."""
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": group, "log_level": 0})
    wanted = [TopicPartition(topic, number) for topic in topics(group) for number in range(4)]
    try:
        return {(p.topic, p.partition): p.offset for p in consumer.committed(wanted, timeout=10)}
    finally:
        consumer.close()


class Sink:
    """The recorder's file, read back."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, what: str) -> list[dict[str, Any]]:
        whole = self.path.read_text().rpartition("\n")[0] if self.path.exists() else ""
        return [line for line in map(json.loads, whole.splitlines()) if line["what"] == what]

    def flushed(self) -> dict[tuple[str, int], list[int]]:
        """Offsets per shard, in the order of flushing."""
        found: dict[tuple[str, int], list[int]] = {}
        for line in self.lines("flush"):
            found.setdefault(tuple(line["shard"]), []).extend(line["offsets"])
        return found

    def count(self) -> int:
        """Distinct events flushed."""
        return sum(len(set(offsets)) for offsets in self.flushed().values())


class WorkerProcess:
    """A recorder worker in a process of its own."""

    def __init__(self, sink: Path, kafka: str, group: str, **options: float) -> None:
        words = [f"{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.transport.recorder", str(sink), kafka, group, *words],
            stderr=subprocess.PIPE,
            text=True,
        )

    def terminate(self) -> tuple[int, str]:
        """SIGTERM; return exit code and stderr."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end; return exit code and stderr."""
        _, errors = self.process.communicate(timeout=_PATIENCE)
        return self.process.returncode, errors

    def kill(self) -> None:
        """If it still runs."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.communicate()


@pytest.fixture
def sink(tmp_path: Path) -> Sink:
    """The first recorder's file."""
    return Sink(tmp_path / "sink.jsonl")


@pytest.fixture
def start(kafka: str, group: str, sink: Sink) -> Iterator[Callable[..., WorkerProcess]]:
    """Start worker processes; whatever is left of them ends with the test."""
    started: list[WorkerProcess] = []

    def start_one(into: Sink = sink, kafka: str = kafka, **options: float) -> WorkerProcess:
        started.append(WorkerProcess(into.path, kafka, group, **options))
        return started[-1]

    yield start_one
    for worker in started:
        worker.kill()
