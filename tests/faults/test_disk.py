"""The disk of the embedded store is full: nothing is committed, and when there is room again it goes on."""

from pathlib import Path

import pytest

from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program
from tests.faults.disk import Limited, small_disk

TRIES = 2


@pytest.mark.parametrize("make", [small_disk, pytest.param(Limited, marks=pytest.mark.long)])
def test_a_full_disk(program: Program, log: Log, tmp_path: Path, make: type[Limited]) -> None:
    events = feed.slice_of(40)
    half = len(events) // 2
    port = metrics.free_port()
    disk = make(tmp_path / "disk")
    try:
        place = ("--store", disk.place / "store")
        log.send(events[:half])
        worker = program.start("worker", *place, metrics_port=port)
        worker.until(log.beyond(half - 1))

        disk.fill(worker.process.pid)
        log.send(events[half:])
        worker.until(lambda: metrics.total(port, "reform_pulse_failed_writes_total") >= TRIES)
        assert log.done() < len(events)
        disk.clear(worker.process.pid)
        worker.until(log.beyond(len(events) - 1))
        assert worker.stop() == 0, worker.output
        feed.check(program, place, events)
    finally:
        program.close()
        disk.close()
