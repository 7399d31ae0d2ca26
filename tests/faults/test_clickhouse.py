"""A ClickHouse server that refuses, hangs, is slow, answers nothing, or is down: through its real client."""

import time

import pytest

from tests.clickhouse_front import REFUSING, Fault, Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program

FOR_EVER = 1_000_000
TRIES = 3
FAILED = "reform_pulse_failed_writes_total"


@pytest.mark.long  # seven outages in a row
def test_every_way_to_fail_one_after_the_other(program: Program, log: Log, front: Front) -> None:
    events = feed.slice_of(40)
    faults = (*REFUSING, Fault.HANG, Fault.SLOW)
    parts = [events[number :: len(faults)] for number in range(len(faults))]
    port = metrics.free_port()
    words = ("worker", "--clickhouse", front.url)
    worker = program.start(*words, metrics_port=port, clickhouse_timeout=1)
    worker.until(lambda: metrics.health(port, "ready")[0] == 200)  # 160 questions: its own time to wait
    sent = 0
    for fault, part in zip(faults, parts, strict=True):
        before = log.done()
        failures = metrics.total(port, FAILED)
        front.fail(fault, FOR_EVER, only="INSERT")
        log.send(part)
        sent += len(part)
        if fault is not Fault.SLOW:
            worker.until(lambda failures=failures: metrics.total(port, FAILED) >= failures + TRIES)
            assert log.done() == before, f"{fault}: committed what was not acknowledged"
            front.heal()
        worker.until(log.beyond(sent - 1))
        front.heal()
    assert worker.stop() == 0, worker.output
    assert set(front.met) == set(faults)
    for told in ("TOO_MANY_PARTS", "timed out", "something broke"):
        assert told in worker.output, told
    feed.check(program, words[1:], events)


@pytest.mark.parametrize(
    "seconds", [pytest.param(0, id="briefly"), pytest.param(30, id="long", marks=pytest.mark.long)]
)
def test_the_server_is_down(program: Program, log: Log, front: Front, seconds: float) -> None:
    """The worker waits: it lives, it tells why it is not ready, it keeps its shards, and goes on."""
    events = feed.slice_of(200)
    port = metrics.free_port()
    words = ("worker", "--clickhouse", front.url)
    log.send(events[::2])
    worker = program.start(*words, metrics_port=port)
    worker.until(log.beyond(len(events[::2]) - 1))
    front.down()
    log.send(events[1::2])
    worker.until(lambda: metrics.health(port, "ready")[0] == 503)
    time.sleep(seconds)
    code, told = metrics.health(port, "ready")
    assert (code, metrics.health(port, "live")[0]) == (503, 200)
    assert "ClickHouse could not insert" in told["why"]
    assert told["shards"] == 20
    front.up()
    worker.until(log.beyond(len(events) - 1))
    worker.until(lambda: metrics.health(port, "ready")[0] == 200)
    assert worker.stop() == 0, worker.output
    feed.check(program, words[1:], events)
