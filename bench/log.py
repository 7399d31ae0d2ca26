"""The broker and the topic that all contenders read: Apache Kafka where Java is, else the embedded broker."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from bench.workload import TOPIC, Workload, subject_of
from sources.producer import EventProducer
from streams.broker import Broker
from tests.brokers import ApacheKafka, class_path, missing

PARTITIONS = 4


class Log(NamedTuple):
    """A filled topic. broker: what keeps it, in words. pid: of the broker."""

    kafka: str
    broker: str
    pid: int


@contextmanager
def filled(workload: Workload) -> Iterator[Log]:
    """Start a broker and send all events to a new topic; the broker ends with the block."""
    reason = missing()
    if reason:
        print(f"embedded broker: {reason}", flush=True)
    with ApacheKafka() if reason is None else Broker() as broker:
        name = "embedded broker (Tansu)" if reason else f"Apache Kafka {_version()}, one node"
        fill(broker.bootstrap, workload)
        yield Log(broker.bootstrap, name, broker.pid or 0)


def fill(kafka: str, workload: Workload) -> None:
    """Make the topic and send the events, as our gateway does."""
    topic = NewTopic(TOPIC, PARTITIONS, 1)
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([topic])[TOPIC].result(30)
    with EventProducer(kafka, 120) as producer:
        for record in workload.records():
            producer.send(TOPIC, subject_of(record).decode(), record)


def ends(log: Log) -> list[int]:
    """How many records each partition holds."""
    client = Consumer({"bootstrap.servers": log.kafka, "group.id": "bench"})
    partitions = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    found = [client.get_watermark_offsets(partition, timeout=10)[1] for partition in partitions]
    client.close()
    return found


def _version() -> str:
    jars = [re.fullmatch(r"kafka-clients-([\d.]+)\.jar", file.name) for file in class_path().iterdir()]
    return next((match[1] for match in jars if match), "")
