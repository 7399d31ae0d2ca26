"""What we need of a broker: one contract for the embedded one and for a real Apache Kafka.

What the embedded broker cannot do is a strict xfail with its reason; nothing in the worker may lean on it.
"""

from itertools import count

import pytest
from confluent_kafka import (
    OFFSET_END,
    Consumer,
    ConsumerGroupState,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.cimpl import NewPartitions

from streams import topics
from streams.broker import Broker
from streams.settings import Settings
from tests.brokers import ApacheKafka
from tests.clients import Client, values

_numbers = count()
NUMBERED = [b"%d" % number for number in range(10)]


@pytest.fixture
def client(broker: Broker | ApacheKafka, request: pytest.FixtureRequest) -> Client:
    hopeless = request.node.get_closest_marker("xfail")
    return Client(broker.bootstrap, patience=8) if hopeless else Client(broker.bootstrap)


@pytest.fixture
def name() -> str:
    """A topic or group that no other test uses."""
    return f"contract-{next(_numbers)}"


def identity(broker: Broker | ApacheKafka, topic: str) -> str:
    return topics.describe(Settings(kafka=broker.bootstrap), [topic])[topic].identity


# --- topics


def test_a_topic_has_the_partitions_it_was_created_with(client: Client, name: str) -> None:
    client.create(name, 7)
    assert client.partitions(name) == 7


def test_a_topic_is_not_created_twice(client: Client, name: str) -> None:
    client.create(name)
    with pytest.raises(KafkaException) as refused:
        client.create(name)
    assert refused.value.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS


def test_a_topic_may_be_created_with_a_retention(client: Client, name: str) -> None:
    client.create(name, config={"retention.ms": "-1", "cleanup.policy": "delete"})
    assert client.partitions(name) == 1


@pytest.mark.embedded_cannot("asking for the metadata of a topic by name creates it, with 4 partitions")
def test_an_unknown_topic_is_not_created_by_asking(client: Client, name: str) -> None:
    assert client.admin.list_topics(name, timeout=10).topics[name].error is not None
    assert client.partitions(name) == 0


def test_the_identity_of_a_topic_stays(client: Client, broker: Broker | ApacheKafka, name: str) -> None:
    client.create(name)
    first = identity(broker, name)
    client.produce(name, NUMBERED)
    assert first
    assert identity(broker, name) == first


def test_a_topic_created_again_is_another_log(
    client: Client, broker: Broker | ApacheKafka, name: str
) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    first = identity(broker, name)
    client.delete(name)
    client.create(name)
    assert identity(broker, name) != first
    assert client.produce(name, [b"anew"]) == [0]


@pytest.mark.embedded_cannot("CreatePartitions is not supported")
def test_partitions_can_be_added(client: Client, name: str) -> None:
    client.create(name)
    client.admin.create_partitions([NewPartitions(name, 3)])[name].result()
    client.wait_until(lambda: client.partitions(name) == 3)


# --- records


def test_a_record_comes_back_as_it_was_sent(client: Client, name: str) -> None:
    client.create(name, 2)
    producer = client.producer()
    headers: list[tuple[str, str | bytes | None]] = [
        ("content-type", b"application/cloudevents+json"),
        ("twice", b"1"),
        ("twice", None),
    ]
    producer.produce(name, "Ngã Năm".encode(), b"H51.18-1", 1, timestamp=1_656_637_200_123, headers=headers)
    producer.flush()
    (message,) = client.read(name, 1, partition=1)
    assert message.value() == "Ngã Năm".encode()
    assert message.key() == b"H51.18-1"
    assert message.headers() == headers
    assert message.timestamp()[1] == 1_656_637_200_123


def test_a_tombstone_has_no_value(client: Client, name: str) -> None:
    client.create(name)
    producer = client.producer()
    producer.produce(name, None, b"key")
    producer.produce(name, b"", b"key")
    producer.flush()
    assert values(client.read(name, 2)) == [None, b""]


def test_offsets_are_contiguous_and_order_is_kept(client: Client, name: str) -> None:
    client.create(name, 2)
    numbers = [b"%d" % number for number in range(5_000)]
    assert client.produce(name, numbers, partition=1) == list(range(5_000))
    messages = client.read(name, 5_000, partition=1)
    assert values(messages) == numbers
    assert [message.offset() for message in messages] == list(range(5_000))


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_every_compression_is_understood(client: Client, name: str, codec: str) -> None:
    client.create(name)
    numbers = [b"the same words again and again %d" % number for number in range(500)]
    client.produce(name, numbers, compression_type=codec)
    assert values(client.read(name, 500)) == numbers


def test_an_idempotent_producer_works(client: Client, name: str) -> None:
    client.create(name)
    assert client.produce(name, NUMBERED, enable_idempotence=True) == list(range(10))


def test_reading_may_start_anywhere(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    assert values(client.read(name, 3, start=7)) == NUMBERED[7:]


@pytest.mark.embedded_cannot("ListOffsets latest is low by up to a batch")
def test_reading_from_the_end_sees_only_what_comes(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    with client.consumer(enable_partition_eof=True) as consumer:
        consumer.assign([TopicPartition(name, 0, OFFSET_END)])
        client.wait_until(lambda: _at_the_end(consumer))
        client.produce(name, [b"new"])
        assert values(client.take(consumer, 1)) == [b"new"]


@pytest.mark.embedded_cannot("a fetch beyond the end waits for ever instead of OFFSET_OUT_OF_RANGE")
def test_an_offset_outside_of_the_log_is_an_error(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    with pytest.raises(KafkaException) as refused:
        client.read(name, 1, start=1_000, auto_offset_reset="error")
    assert refused.value.args[0].code() == KafkaError._AUTO_OFFSET_RESET


# --- what tools ask


@pytest.mark.embedded_cannot("ListOffsets latest is low by up to a batch")
def test_the_end_of_the_log_is_known(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    with client.consumer() as consumer:
        assert consumer.get_watermark_offsets(TopicPartition(name, 0), timeout=10) == (0, 10)


@pytest.mark.embedded_cannot("ListOffsets by timestamp is always 0")
def test_an_offset_is_found_by_time(client: Client, name: str) -> None:
    client.create(name)
    producer = client.producer()
    for second in range(5):
        producer.produce(name, b"x", timestamp=1_656_637_200_000 + 1_000 * second)
    producer.flush()
    with client.consumer() as consumer:
        (found,) = consumer.offsets_for_times([TopicPartition(name, 0, 1_656_637_203_000)], timeout=10)
    assert found.offset == 3


@pytest.mark.embedded_cannot("DeleteRecords ends the connection")
def test_records_can_be_deleted_up_to_an_offset(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    wanted = TopicPartition(name, 0, 4)
    client.admin.delete_records([wanted])[wanted].result()
    with client.consumer() as consumer:
        assert consumer.get_watermark_offsets(TopicPartition(name, 0), timeout=10) == (4, 10)


@pytest.mark.embedded_cannot("read_committed is not supported")
def test_an_aborted_transaction_is_not_read(client: Client, name: str) -> None:
    client.create(name)
    producer = client.producer(transactional_id=name)
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(name, b"aborted")
    producer.flush()
    producer.abort_transaction(30)
    client.produce(name, [b"good"])
    assert values(client.read(name, 1, isolation_level="read_committed")) == [b"good"]


# --- groups


def test_nothing_is_committed_at_first(client: Client, name: str) -> None:
    client.create(name)
    assert client.committed(name, name) < 0


def test_a_committed_offset_survives_the_client(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    with client.consumer(name) as consumer:
        consumer.subscribe([name])
        assert values(client.take(consumer, 10)) == NUMBERED
        consumer.commit(offsets=[TopicPartition(name, 0, 6)], asynchronous=False)
    assert client.committed(name, name) == 6
    with client.consumer(name) as consumer:
        consumer.subscribe([name])
        assert values(client.take(consumer, 4)) == NUMBERED[6:]


def test_two_members_share_and_one_takes_over(client: Client, name: str) -> None:
    client.create(name, 4)
    with client.consumer(name) as stays:
        stays.subscribe([name])
        with client.consumer(name) as leaves:
            leaves.subscribe([name])
            client.wait_until(lambda: len(_owned(stays)) == len(_owned(leaves)) == 2)
            assert {*_owned(stays), *_owned(leaves)} == {0, 1, 2, 3}
        client.wait_until(lambda: len(_owned(stays)) == 4)


@pytest.mark.embedded_cannot("a member that stops polling holds up the group: its heir gets nothing")
def test_a_member_that_lost_its_place_cannot_commit(client: Client, name: str) -> None:
    client.create(name)
    client.produce(name, NUMBERED)
    with client.consumer(name, max_poll_interval_ms=3_000) as zombie, client.consumer(name) as heir:
        zombie.subscribe([name])
        client.take(zombie, 10)
        heir.subscribe([name])
        client.take(heir, 10)  # the zombie has not polled: it was thrown out
        with pytest.raises(KafkaException) as refused:
            zombie.commit(offsets=[TopicPartition(name, 0, 10)], asynchronous=False)
        assert refused.value.args[0].code() in {KafkaError.UNKNOWN_MEMBER_ID, KafkaError.ILLEGAL_GENERATION}
    assert client.committed(name, name) < 0


@pytest.mark.embedded_cannot("a described group has no members")
def test_the_members_of_a_group_can_be_listed(client: Client, name: str) -> None:
    client.create(name)
    with client.consumer(name) as consumer:
        consumer.subscribe([name])
        client.wait_until(lambda: _owned(consumer) == [0])
        group = client.admin.describe_consumer_groups([name], request_timeout=10)[name].result()
        assert group.state is ConsumerGroupState.STABLE
        assert [member.assignment.topic_partitions[0].topic for member in group.members] == [name]


def _owned(consumer: Consumer) -> list[int]:
    consumer.consume(1, 0.1)
    return sorted(shard.partition for shard in consumer.assignment())


def _at_the_end(consumer: Consumer) -> bool:
    messages = consumer.consume(1, 0.1)
    assert all(message.error() for message in messages), "a record from before the end"
    return any(
        error.code() == KafkaError._PARTITION_EOF for message in messages if (error := message.error())
    )
