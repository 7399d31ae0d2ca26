"""Every client of the program over TLS with a password, each role under its own ACLs and no more."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.contract import TOPICS
from sources.producer import RAW, EventProducer
from streams.kafka import librdkafka
from streams.settings import Settings
from tests.e2e import feed
from tests.e2e.kafka import STARTING
from tests.e2e.program import Program
from tests.security.conftest import RAW as RAW_TOPIC
from tests.security.conftest import command
from tests.security.kafka import ADMIN, SecureKafka

SAMPLE = Path(__file__).parents[2] / "sources" / "samples" / "payments" / "transactions.json"
PARTITIONS = 4


class Group:
    """A consumer group as `admin` sees it; one connection, since each costs a password's worth of hashing."""

    def __init__(self, kafka: SecureKafka, name: str, topics: tuple[str, ...]) -> None:
        self._shards = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        self._consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": name} | kafka.way_in)

    def done(self) -> int:
        """How many records it has behind it."""
        try:
            return sum(max(0, shard.offset) for shard in self._consumer.committed(self._shards, timeout=30))
        except KafkaException as error:
            if error.args[0].code() not in STARTING:
                raise
            return 0

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()


@pytest.fixture
def program(secure_kafka: SecureKafka, tmp_path: Path) -> Iterator[Program]:
    """Give the program as the user `worker`."""
    started = Program(tmp_path, **secure_kafka.settings("worker"))
    yield started
    started.close()


def test_events_are_sent_counted_refused_and_retried_each_by_its_role(
    secure_kafka: SecureKafka, program: Program, tmp_path: Path
) -> None:
    events = feed.slice_of(200)
    bad = [dict(events[0], id="bad", time="yesterday")]
    file = feed.write(tmp_path / "events.ndjson", events)
    sent = command(secure_kafka.settings("gateway"), "send", str(file))
    assert sent.stdout == f"{len(events):,} events sent, 0 refused\n"
    gateway = Settings(**secure_kafka.settings("gateway"))
    with EventProducer(gateway.kafka, way=librdkafka(gateway)) as producer:
        producer.send("reform.dossiers", "bad", feed.line(bad[0]))

    worker = program.start("worker", "--store", "store")
    with closing(Group(secure_kafka, "reform-pulse", TOPICS)) as group:
        worker.until(lambda: group.done() > len(events))
    assert worker.stop() == 0, worker.output
    assert "refused" not in worker.output
    feed.check(program, ("--store", "store"), events)

    operator = secure_kafka.settings("operator")
    listed = json.loads(command(operator, "dead-letters", "list", "--format", "json").stdout)
    assert [letter["reason"] for letter in listed] == ["bad_time"]
    corrected = feed.write(tmp_path / "corrected.ndjson", [dict(bad[0], time=events[0]["time"])])
    retried = command(operator, "dead-letters", "retry", "--corrected", str(corrected))
    assert retried.exit_code == 0, retried.output
    assert command(operator, "dead-letters", "list", "--format", "json").stdout == "[]\n"


def test_what_a_source_system_sends_becomes_events(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    admin, own = Settings(**secure_kafka.settings(ADMIN)), secure_kafka.settings("ingest")
    with EventProducer(admin.kafka, way=librdkafka(admin)) as producer:
        producer.send(RAW_TOPIC, None, SAMPLE.read_bytes(), headers=RAW)
    program = Program(tmp_path, **own, pseudonym_keys="a=a-secret-of-more-than-32-characters")
    try:
        ingest = program.start("ingest", "payments")
        with closing(Group(secure_kafka, "reform-pulse-raw", (RAW_TOPIC,))) as group:
            ingest.until(lambda: group.done() == 1)
        assert ingest.stop() == 0, ingest.output
    finally:
        program.close()


def test_the_gateway_may_not_read(secure_kafka: SecureKafka) -> None:
    way = librdkafka(Settings(**secure_kafka.settings("gateway"))) | {"group.id": "reform-pulse"}
    consumer = Consumer(way)
    consumer.assign([TopicPartition("reform.dossiers", 0, 0)])
    refusals = {message.error().code() for message in consumer.consume(2, timeout=30)}
    consumer.close()
    assert refusals == {KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED}


def test_a_reader_sees_what_is_there_and_no_event(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    reader, place = secure_kafka.settings("reader"), secure_kafka.bootstrap
    seen = command(reader, "doctor", "--store", str(tmp_path), "--kafka", place).stdout
    assert "well  Kafka: answers" in seen
    assert "well  topic reform.dead-letters: 4 partitions" in seen
    refused = command(reader, "dead-letters", "list")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("reform-pulse: Kafka topic reform.dead-letters cannot be read: ")
    assert "lacks an ACL for it; `reform-pulse kafka acls` lists what each needs\n" in refused.stderr
