"""`ingest` killed again and again: each event of each payload comes out; what comes twice is the same."""

import json
import signal
from pathlib import Path

from schemas.contract import RAW_TOPIC, TOPICS
from sources.producer import RAW, EventProducer
from streams.settings import Settings
from streams.topics import ensure
from tests.clients import values
from tests.e2e.kafka import Log
from tests.e2e.program import Program

KILLS = 2
NAME = "portal-dossiers"
SIZE = ("--agencies", "5", "--procedures", "20", "--dossiers", "5000", "--days", "31")


def test_killed_again_and_again_nothing_is_lost(log: Log, tmp_path: Path) -> None:
    keys, group = "a=a-key-for-samples-and-tests-alone-01", f"{log.group}-raw"
    small = {"fetch_max_bytes": 10_000, "fetch_min_bytes": 1}
    program = Program(tmp_path, kafka=log.bootstrap, pseudonym_keys=keys, raw_group=group, **small)
    program.run("simulate", *SIZE, "--from", "2026-01-01", "--as", NAME, "--output", "calls")
    program.run("convert", NAME, "calls", "--output", "events")
    wanted = {event["id"]: event for event in _events(tmp_path / "events")}
    payloads = (tmp_path / "calls").read_bytes().splitlines()
    ensure(Settings(kafka=log.bootstrap), TOPICS)
    log.client.create(RAW_TOPIC + NAME)
    with EventProducer(log.bootstrap) as producer:
        for payload in payloads:
            producer.send(RAW_TOPIC + NAME, None, payload, headers=RAW)

    def done() -> int:
        return log.client.committed(group, RAW_TOPIC + NAME)

    try:
        reached = 0
        for _ in range(KILLS):
            running = program.start("ingest", NAME)
            running.until(lambda reached=reached: done() > reached)
            assert running.stop(signal.SIGKILL) == -signal.SIGKILL
            reached = done()
        assert reached < len(payloads), "killed too late to test anything"
        last = program.start("ingest", NAME)
        last.until(lambda: done() == len(payloads))
        assert last.stop() == 0, last.output
    finally:
        program.close()
    ends = [(topic, *end) for topic in TOPICS for end in log.client.ends(topic).items()]
    found = [json.loads(v) for topic, part, end in ends for v in values(log.client.read(topic, end, part))]
    assert {event["id"]: event for event in found} == wanted
    assert all(event == wanted[event["id"]] for event in found), "what came twice differs"


def _events(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
