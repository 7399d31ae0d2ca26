"""From a file through Kafka and the worker into ClickHouse: nothing lost, nothing counted twice."""

import signal
from pathlib import Path

from tests.clickhouse_front import Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program

KILLS = 3
SHARDS = 20


def test_a_file_through_the_worker_into_an_embedded_store(program: Program, log: Log, tmp_path: Path) -> None:
    events = feed.slice_of(20)
    said = program.run("send", feed.write(tmp_path / "events.ndjson", events))
    assert said == f"{len(events):,} events sent, 0 refused\n"
    worker = program.start("worker", "--store", "store")
    worker.until(lambda: log.done() == len(events))
    assert worker.stop() == 0
    assert "Traceback" not in worker.output
    feed.check(program, ("--store", "store"), events)


def test_two_workers_share_one_server_and_one_goes_on_alone(
    program: Program, log: Log, front: Front, tmp_path: Path
) -> None:
    events = feed.slice_of(10)
    parts = [events[number::3] for number in range(3)]
    files = [feed.write(tmp_path / f"{number}.ndjson", part) for number, part in enumerate(parts)]
    ports = [metrics.free_port() for _ in range(2)]
    program.run("send", files[0])
    first, second = (program.start("worker", "--clickhouse", front.url, metrics_port=port) for port in ports)

    def held() -> list[float]:
        return [metrics.total(port, "reform_pulse_shards") for port in ports]

    first.until(lambda: sum(held()) == SHARDS and all(held()))
    program.run("send", files[1])
    first.until(lambda: log.done() == len(parts[0] + parts[1]))
    assert all(metrics.total(port, "reform_pulse_events_folded_total") for port in ports)
    assert first.stop() == 0
    program.run("send", files[2])
    second.until(lambda: log.done() == len(events))
    assert second.stop() == 0
    feed.check(program, ("--clickhouse", front.url), events)


def test_a_worker_killed_again_and_again(program: Program, log: Log, tmp_path: Path) -> None:
    events = feed.slice_of(10)
    program.run("send", feed.write(tmp_path / "events.ndjson", events))
    words = ("worker", "--store", "store")
    before = 0
    for _ in range(KILLS):
        worker = program.start(*words, checkpoint_rows=200, fetch_max_bytes=20_000)
        worker.until(lambda before=before: log.done() > before)
        assert worker.stop(signal.SIGKILL) == -signal.SIGKILL
        assert before < log.done() < len(events), "killed too late to test anything"
        before = log.done()
    last = program.start(*words)
    last.until(lambda: log.done() == len(events))
    assert last.stop() == 0
    feed.check(program, ("--store", "store"), events)
