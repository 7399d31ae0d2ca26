"""From files through Kafka and workers into ClickHouse: nothing lost, nothing counted twice."""

import signal
from pathlib import Path

from tests.clickhouse_front import Fault, Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program

KILLS = 3
SHARDS = 20
FOR_EVER = 1_000_000
TRIES = 12  # of a write, with pauses that add up to more than a session


def test_a_worker_killed_again_and_again(program: Program, log: Log, tmp_path: Path) -> None:
    events = feed.slice_of(10)
    said = program.run("send", feed.write(tmp_path / "events.ndjson", events))
    assert said == f"{len(events):,} events sent, 0 refused\n"
    words = ("worker", "--store", "store")
    reached = 0
    for _ in range(KILLS):
        worker = program.start(*words, checkpoint_rows=200, fetch_max_bytes=20_000)
        worker.until(log.beyond(reached))
        assert worker.stop(signal.SIGKILL) == -signal.SIGKILL
        reached = log.done()
        assert reached < len(events), "killed too late to test anything"
    last = program.start(*words)
    last.until(log.beyond(len(events) - 1))
    assert last.stop() == 0
    feed.check(program, ("--store", "store"), events)


def test_two_workers_over_a_server_that_refuses_writes_for_a_while(
    program: Program, log: Log, front: Front
) -> None:
    events = feed.slice_of(20)
    parts = [events[number::3] for number in range(3)]
    ports = [metrics.free_port() for _ in range(2)]
    words = ("worker", "--clickhouse", front.url)

    def every(name: str, least: float = 1) -> bool:
        return all(metrics.total(port, name) >= least for port in ports)

    log.send(parts[0])
    first, second = (program.start(*words, metrics_port=port) for port in ports)
    first.until(lambda: every("reform_pulse_shards") and log.done() == len(parts[0]))
    assert sum(metrics.total(port, "reform_pulse_shards") for port in ports) == SHARDS
    before = log.committed()

    front.fail(Fault.BUSY, FOR_EVER, only="INSERT")
    log.send(parts[1])
    first.until(lambda: every("reform_pulse_failed_writes_total", TRIES))
    assert log.committed() == before
    front.heal()
    first.until(log.beyond(len(parts[0] + parts[1]) - 1))
    assert every("reform_pulse_events_folded_total")

    assert first.stop() == 0
    log.send(parts[2])
    second.until(log.beyond(len(events) - 1))
    assert second.stop() == 0
    feed.check(program, ("--clickhouse", front.url), events)
