"""A province changes a definition: old numbers stand until the new ones are complete, then readers switch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest

from schemas.contract import TOPICS
from streams.broker import Broker
from tests import oracle
from tests.clickhouse_front import Fault, Front
from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program

CHANGED = "reform.dossiers"
MEASURE = """
[[measure]]
name = "dossiers_data_reused"
entity = "dossier"
at = "received_at"
where = "data_reused AND channel = 'online' AND NOT voided"
"""


@pytest.fixture
def log(embedded_broker: Broker, request: pytest.FixtureRequest) -> Iterator[Log]:
    found = Log(embedded_broker.bootstrap, str(request.node.name))
    found.clear()
    yield found
    found.close()


def test_readers_switch_when_the_new_numbers_are_complete(
    program: Program, log: Log, front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = feed.slice_of(40)
    half = len(events) // 2
    place = ("--clickhouse", front.url)
    own = tmp_path / "own.toml"
    own.write_text(MEASURE)
    log.send(events[:half])
    worker = program.start("worker", *place)
    worker.until(log.beyond(half - 1))
    assert worker.stop() == 0
    feed.check(program, place, events[:half])
    before = counted(front)

    front.fail(Fault.BUSY, 10_000, only="INSERT INTO counts_daily")
    log.send(events[half:])
    worker = program.start("worker", *place, "--catalogue", own)
    worker.until(lambda: len(counted(front)[CHANGED]) == 2)  # the new epoch is there, but not complete
    old = json.loads(program.run("kpis", *place, *feed.QUARTER))
    assert keyed(old) == feed.expected(events[:half], feed.Question())

    front.heal()
    worker.until(log.beyond(len(events) - 1))
    assert worker.stop() == 0
    entity, at, among, _ = oracle.KPIS["data_reuse_rate"]
    new = (entity, at, among, lambda s, _: s.get("data_reused") is True and s.get("channel") == "online")
    usual = feed.expected(events, feed.Question())
    monkeypatch.setitem(oracle.KPIS, "data_reuse_rate", new)
    assert feed.expected(events, feed.Question()) != usual
    feed.check(program, (*place, "--catalogue", own), events)

    after = counted(front)
    assert after[CHANGED] > before[CHANGED]
    assert {topic: epochs for topic, epochs in after.items() if topic != CHANGED} == {
        topic: before[topic] for topic in TOPICS if topic != CHANGED
    }
    assert all(len(epochs) == 1 for epochs in after.values()), "what was superseded is gone"


def keyed(rows: list[dict[str, Any]]) -> feed.Rows:
    return {(row["kpi"], None): (row["numerator"], row["denominator"], row["value"]) for row in rows}


def counted(front: Front) -> dict[str, list[int]]:
    """The epochs by topic that there are counts of."""
    client = clickhouse_connect.get_client(dsn=front.url)
    sql = "SELECT topic, groupUniqArray(epoch) FROM counts_hourly GROUP BY topic"
    found = {str(topic): sorted(epochs) for topic, epochs in client.query(sql).result_rows}
    client.close()
    return found
