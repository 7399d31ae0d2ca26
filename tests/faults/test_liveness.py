"""What a worker tells about itself: before there is anything to work with, at work, and stuck."""

import socket
import time
from pathlib import Path

import pytest

from streams.cli import wait
from tests.clickhouse_front import Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program
from tests.faults.sabotage import program as sabotaged

NOWHERE = "127.0.0.1:1"


def test_it_waits_for_clickhouse_then_for_kafka_and_says_so(program: Program, front: Front) -> None:
    port = metrics.free_port()
    front.down()
    worker = program.start("worker", "--clickhouse", front.url, metrics_port=port, kafka=NOWHERE)
    worker.until(lambda: "waiting for ClickHouse: ClickHouse could not connect" in worker.output)
    assert metrics.health(port, "live")[0] == 200
    assert metrics.health(port, "ready") == (503, told("waiting for ClickHouse"))
    time.sleep(2 * wait.SECONDS)  # so that it tries again
    front.up()
    worker.until(lambda: f"waiting for Kafka at {NOWHERE}" in worker.output)
    assert metrics.health(port, "ready") == (503, told(f"waiting for Kafka at {NOWHERE}"))
    assert worker.output.count("\n") == 2, worker.output
    assert worker.stop() == 0


def test_it_waits_for_a_kafka_that_does_not_answer_and_ends_when_told(program: Program) -> None:
    """As while the brokers have no controller: the port is open, and nobody is at home."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        worker = program.start("worker", "--store", "store", kafka=address, shutdown_seconds=10)
        worker.until(lambda: f"waiting for Kafka at {address}: cannot ask Kafka about topic" in worker.output)
        assert worker.stop() == 0, worker.output
        assert worker.output.count("\n") == 1, worker.output


def told(why: str) -> dict[str, object]:
    return {"good": False, "why": why, "shards": None, "lag": 0, "seconds_without_commit": 0.0}


@pytest.mark.parametrize(
    ("step", "where"),
    [
        pytest.param("folded", "in sabotaged_fold", marks=pytest.mark.long),
        ("events", "in sabotaged_insert"),
    ],
)
def test_a_stuck_worker_writes_all_stacks_and_ends(
    program: Program, log: Log, tmp_path: Path, step: str, where: str
) -> None:
    """Stuck in the event loop, and in the thread of the store; the next one counts what it left."""
    events = feed.slice_of(200)
    port = metrics.free_port()
    hanging = sabotaged("hang", step, 1, tmp_path / "journal")
    log.send(events)
    patience = {"session_timeout": 1.5, "clickhouse_timeout": 1, "shutdown_seconds": 1}
    worker = program.start("worker", "--store", "store", program=hanging, metrics_port=port, **patience)
    assert worker.ended() == 1
    assert where in worker.output, "the stack of the thread that hangs"
    assert "Stack for <Task" in worker.output, "and those of the tasks"
    assert "reform-pulse: stuck: nothing committed for " in worker.output
    assert f"{len(events):,} events wait" in worker.output

    after = program.start("worker", "--store", "store", metrics_port=port)
    after.until(lambda: log.done() == len(events) and metrics.health(port, "ready")[0] == 200)
    assert metrics.health(port, "live") == (200, metrics.health(port, "ready")[1])
    assert after.stop() == 0
    feed.check(program, ("--store", "store"), events)
