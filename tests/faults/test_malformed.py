"""Few or most of the events malformed: the good ones are counted, and the bad ones once they are mended."""

import json
from pathlib import Path

from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program

STORE = ("--store", "store")
TOPIC = "reform.dossiers"


def malformed(number: int) -> list[bytes]:
    """Records that no reader takes for events."""
    return [b'{"specversion": "1.0", "id": "%d", "time": "01/07/2022"}' % each for each in range(number)]


def test_one_in_a_hundred_is_malformed_and_mended_later(program: Program, log: Log, tmp_path: Path) -> None:
    events = feed.slice_of(40)
    broken = events[::100]
    good = [event for number, event in enumerate(events) if number % 100]
    lines = [feed.line(event | {"time": "01/07/2022 08:15"}) for event in broken]
    log.send(good[::2])
    for number, line in enumerate(lines):
        log.put(TOPIC, [line], number % 4)
    log.send(good[1::2])
    worker = program.start("worker", *STORE)
    worker.until(log.beyond(len(events) - 1))
    letters = log.letters(len(broken))
    assert {letter["reason"] for letter in letters} == {"bad_time"}
    assert {(letter["topic"], letter["field"]) for letter in letters} == {(TOPIC, "time")}

    mended = feed.write(tmp_path / "mended.ndjson", broken)
    program.run("dead-letters", "retry", "--corrected", mended)
    assert json.loads(program.run("dead-letters", "list", "--format", "json")) == []
    worker.until(log.beyond(len(events + broken) - 1))
    assert worker.stop() == 0
    feed.check(program, STORE, events)


def test_sixty_in_a_hundred_stop_the_worker_until_that_is_allowed(program: Program, log: Log) -> None:
    events = feed.slice_of(40)
    bad = 4 * 1_500
    log.send(events[::2])
    for partition in range(4):
        log.put(TOPIC, malformed(bad // 8), partition)
    log.send(events[1::2])
    for partition in range(4):
        log.put(TOPIC, malformed(bad // 8), partition)
    stopped = program.start("worker", *STORE, dead_letter_run=bad)
    assert stopped.ended() == 1
    assert "of 1,000 records in a row were refused" in stopped.output.splitlines()[-1]

    worker = program.start("worker", *STORE, dead_letter_run=bad, dead_letter_ratio=1)
    worker.until(log.beyond(len(events) + bad - 1))
    assert worker.stop() == 0
    found = {(letter["topic"], letter["partition"], letter["offset"]) for letter in log.letters()}
    assert len(found) == bad
    feed.check(program, STORE, events)
