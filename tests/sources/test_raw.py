"""Adapters as Faust agents on raw topics: nothing is committed before Kafka has what came of it."""

import asyncio
import json

import pytest
from confluent_kafka import TopicPartition

from schemas.contract import TOPICS
from sources.producer import RAW, EventProducer
from streams import topics as kafka_topics
from streams.checkpoint import StoreError
from streams.cli.ingest import build_processor
from streams.raw import Outcome, RawProcessor, Record, RefusedPart
from streams.settings import Settings
from streams.shard import Batch, Fatal, Shard
from streams.worker import Worker
from tests.clients import Client
from tests.sources.samples import KEYS, SAMPLES, convert

SHARD = Shard("reform.raw.payments", 0)
PART = RefusedPart("missing", "Thiếu", "missing", "HoSo", "")


class Steps:
    """What a processor did, in order; producing fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.done: list[object] = []
        self.failures = failures

    def produce(self, records):
        if self.failures:
            self.failures -= 1
            raise StoreError("Kafka is away")
        self.done.append(("events", [record.value for record in records]))

    def write(self, letters):
        self.done.append(("letters", [(letter.offset, letter.reason, letter.field) for letter in letters]))

    async def commit(self, durable):
        self.done.append(("commit", dict(durable)))


def run(steps, values, convert=None, **more):
    settings = Settings(retry_seconds=0.01, **more)

    def one(payload, *_):
        bad = payload.startswith(b"bad")
        return Outcome("/s", [] if bad else [Record("t", "k", payload)], [PART] if bad else [])

    processor = RawProcessor(settings, {SHARD.topic: convert or one}, steps.produce, steps, lambda: 1)
    batch = Batch(SHARD, values, list(range(5, 5 + len(values))), 5 + len(values), 77)

    async def whole():
        await processor.assign({SHARD: None})
        await processor.process(batch, steps.commit)
        await processor.flush(steps.commit)
        await processor.revoke()

    asyncio.run(whole())
    return steps.done


def test_events_then_letters_then_the_offset():
    assert run(Steps(), [b"a", b"bad", None, b"b"]) == [
        ("events", [b"a", b"b"]),
        ("letters", [(6, "missing", "HoSo")]),
        ("commit", {SHARD: 9}),
    ]


def test_nothing_is_committed_while_kafka_is_away():
    done = run(Steps(failures=3), [b"a"])
    assert [step[0] for step in done] == ["events", "letters", "commit"]


def test_arrival_is_that_of_the_record_and_rises_within_a_batch():
    seen = []

    def note(payload, now, arrival):
        seen.append((payload, now, arrival))
        return Outcome("/s")

    run(Steps(), [b"a", b"b"], note)
    assert seen == [(b"a", 1, 77), (b"b", 1, 78)]


def test_a_sender_that_only_sends_rubbish_stops_the_worker():
    steps = Steps()
    with pytest.raises(Fatal, match="Nothing was committed"):
        run(steps, [b"bad"] * 50, dead_letter_run=40)
    assert steps.done == []


def test_payloads_in_raw_topics_become_events_in_the_contracts(embedded_broker, monkeypatch):
    monkeypatch.setenv("REFORM_PULSE_PSEUDONYM_KEYS", "a=a-key-for-samples-and-tests-alone-01")
    settings = Settings(
        kafka=embedded_broker.bootstrap,
        group="raw-of-this-test",
        session_timeout=3.0,
        heartbeat_interval=1.0,
        dead_letter_topic="raw-of-this-test.dead-letters",
    )
    names = ["payments", "edxml"]
    raw = [f"reform.raw.{name}" for name in names]
    samples = [SAMPLES / "payments" / "transactions.json", SAMPLES / "edxml" / "replace.xml"]
    kafka_topics.ensure(settings, [*TOPICS, *raw, settings.dead_letter_topic])
    client = Client(embedded_broker.bootstrap)
    with EventProducer(settings.kafka) as producer:
        for topic, file in zip(raw, samples, strict=True):
            producer.send(topic, None, file.read_bytes(), headers=RAW)

    expected = [event for file in samples for event in convert(file).events]
    wanted = {event["id"]: event for event in expected}
    found: dict[str, str] = {}
    with client.consumer() as consumer:
        places = [TopicPartition(topic, n, 0) for topic in TOPICS for n in range(client.partitions(topic))]
        consumer.assign(places)

        def complete():
            """Other tests' events may lie in the topics, too."""
            for message in consumer.consume(100, timeout=0.2):
                event = json.loads(message.value())
                if event.get("id") in wanted:
                    found[event["id"]] = message.key().decode()
            return len(found) == len(wanted)

        async def serve():
            worker = Worker(settings, build_processor(settings, names), raw)
            serving = asyncio.create_task(worker.serve())
            await asyncio.to_thread(client.wait_until, complete)
            worker.stop()
            await serving

        asyncio.run(serve())
    assert found == {name: e.get("partitionkey") or e["subject"] for name, e in wanted.items()}
    assert KEYS.of("dossier", "H51.21-260112-0001") in found.values()
