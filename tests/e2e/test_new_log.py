"""A topic deleted and created anew is a new log: its counts begin with the states, under a new epoch."""

import clickhouse_connect

from schemas.contract import TOPICS
from tests.clickhouse_front import Front
from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program


def test_a_new_log_counts_on_from_the_states(program: Program, log: Log, front: Front) -> None:
    events = feed.slice_of(200)
    half = len(events) // 2
    words = ("worker", "--clickhouse", front.url)
    for part in (events[:half], events[half // 2 :]):  # the second log repeats some of the first
        log.clear()
        log.send(part)
        worker = program.start(*words)
        worker.until(log.beyond(len(part) - 1))
        assert worker.stop() == 0
    feed.check(program, ("--clickhouse", front.url), events)
    assert epochs(front) == [(topic, 2) for topic in sorted(TOPICS)]


def epochs(front: Front) -> list[tuple[str, int]]:
    client = clickhouse_connect.get_client(dsn=front.url)
    sql = "SELECT topic, uniqExact(identity) FROM epochs FINAL GROUP BY topic ORDER BY topic"
    found = [(str(topic), int(count)) for topic, count in client.query(sql).result_rows]
    client.close()
    return found
