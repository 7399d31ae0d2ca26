"""The broker goes away and comes back, loses one of three nodes, or has deleted what was not read yet."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import TopicPartition

from schemas.contract import TOPICS, TYPES
from streams.broker import Broker
from streams.settings import Settings
from streams.topics import ensure
from tests.brokers import ApacheKafka, Cluster, missing
from tests.clickhouse_front import Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import PARTITIONS, Log
from tests.e2e.program import Program

STORE = ("--store", "store")
TOPIC = "reform.dossiers"
STEADY = {"session_timeout": 6.0, "heartbeat_interval": 1.0, "shutdown_seconds": 5.0}


class Site(NamedTuple):
    """A program, and a Kafka of its own."""

    kafka: ApacheKafka
    log: Log
    program: Program


@pytest.fixture
def site(own_kafka: ApacheKafka, tmp_path: Path) -> Iterator[Site]:
    """Give a Kafka that may be killed, and a program that uses it."""
    log = Log(own_kafka.bootstrap, "workers")
    program = Program(tmp_path, kafka=log.bootstrap, group=log.group, **STEADY)
    yield Site(own_kafka, log, program)
    program.close()
    log.close()


def test_the_broker_is_killed_and_comes_back(site: Site, front: Front) -> None:
    """One worker is told to end meanwhile, and does; the other goes on by itself."""
    kafka, log, program = site
    events = feed.slice_of(80)
    parts = [events[::2], events[1::2]]
    words = ("worker", "--clickhouse", front.url)
    log.send(parts[0])
    ports = [metrics.free_port() for _ in range(2)]
    first, second = (program.start(*words, metrics_port=port) for port in ports)
    second.until(lambda: all(metrics.total(port, "reform_pulse_shards") for port in ports))
    first.until(lambda: log.done() == len(parts[0]))

    kafka.kill()
    assert second.stop() in (0, 1), "it cannot leave the group, but it ends"
    assert "Traceback" not in second.output
    kafka.restart()
    log.send(parts[1])
    first.until(log.beyond(len(events) - 1))
    assert first.stop() == 0, first.output
    assert first.output.count("\n") < 200, "its log is held back"
    feed.check(program, words[1:], events)


@pytest.mark.long  # three brokers on two cores take minutes when they share them
def test_one_of_three_brokers_is_lost(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    events = feed.slice_of(80)
    with Cluster(3) as cluster, ExitStack() as ending:
        log = Log(cluster.bootstrap, "workers")
        settings = {"kafka": cluster.bootstrap, "replication": 3}
        program = Program(tmp_path, group=log.group, **settings, **STEADY)
        ending.callback(program.close)
        ensure(Settings(**settings), TOPICS)
        log.send(events[::2])
        worker = program.start("worker", *STORE)
        worker.until(log.beyond(len(events) // 4))
        cluster.nodes[0].kill()
        log.send(events[1::2])
        worker.until(log.beyond(len(events) - 1))
        assert worker.stop() == 0, worker.output
        log.close()
    feed.check(program, STORE, events)


def test_what_was_not_read_yet_has_been_deleted(
    program: Program, log: Log, broker: Broker | ApacheKafka
) -> None:
    if isinstance(broker, Broker):
        pytest.skip(f"the embedded broker cannot delete records; {missing()}")
    events = feed.slice_of(80)
    half = len(events) // 2
    log.send(events[:half])
    worker = program.start("worker", *STORE)
    worker.until(log.beyond(half - 1))
    assert worker.stop() == 0
    before = log.committed()

    log.send(events[half:])
    ends = log.client.ends(TOPIC)
    gone = [TopicPartition(TOPIC, number, ends[number]) for number in range(PARTITIONS)]
    for future in log.client.admin.delete_records(gone).values():
        future.result()
    again = program.start("worker", *STORE)
    assert again.ended() == 1
    last = again.output.splitlines()[-1]
    assert last.startswith(f"reform-pulse: {TOPIC}, partition ")
    assert "is not in the log, which starts at" in last
    assert "reform-pulse rebuild --from-topics" in last
    assert log.committed() == before, "nothing is committed, not even in other topics"
    feed.check(program, STORE, events[:half])

    program.run("rebuild", *STORE, "--from-topics")
    kept = [event for event in events[half:] if TYPES[event["type"]].entity.topic != TOPIC]
    mended = program.start("worker", *STORE)
    ends = sum(sum(log.client.ends(topic).values()) for topic in TOPICS)
    mended.until(lambda: log.done() == ends)
    assert mended.stop() == 0
    feed.check(program, STORE, events[:half] + kept)


def test_a_log_that_ends_with_a_transactions_marker_has_nothing_that_waits(
    program: Program, log: Log, broker: Broker | ApacheKafka
) -> None:
    if isinstance(broker, Broker):
        pytest.skip(f"the embedded broker has no markers; {missing()}")
    events = [event for event in feed.slice_of(200) if TYPES[event["type"]].entity.topic == TOPIC]
    ensure(Settings(kafka=log.bootstrap), TOPICS)
    producer = log.client.producer(transactional_id="sender")
    producer.init_transactions()
    for part in (events[::2], events[1::2]):
        producer.begin_transaction()
        for event in part:
            producer.produce(TOPIC, feed.line(event), event["subject"])
        producer.commit_transaction()
    port = metrics.free_port()
    worker = program.start("worker", *STORE, metrics_port=port)
    ends = log.client.ends(TOPIC)
    assert sum(ends.values()) > len(events)
    worker.until(lambda: log.done() == sum(ends.values()))
    assert metrics.health(port, "ready")[0] == 200
    assert worker.stop() == 0
    feed.check(program, STORE, events)
