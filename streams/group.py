"""The consumer group of the workers: whether any is running, and back to the start of the topics."""

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from schemas.contract import TOPICS
from schemas.kafka_error import told
from streams.admin import Admin, RefusedError
from streams.kafka import librdkafka
from streams.settings import Settings
from streams.shard import Fatal
from streams.topics import describe

_SECONDS = 15.0


def working(settings: Settings) -> bool:
    """Whether the group has members now; blocks on the network. Fatal if Kafka does not answer."""
    admin = Admin(settings)
    futures = admin.client.describe_consumer_groups([settings.group], request_timeout=_SECONDS)
    try:
        return bool(admin.result(futures[settings.group]).members)
    except RefusedError as error:
        raise Fatal(f"cannot ask Kafka at {settings.kafka} about its workers: {error}") from error


def reset(settings: Settings) -> None:
    """Set the group's offsets to the start of all topics; blocks on the network. Fatal if refused."""
    admin = Admin(settings)
    shards = [
        TopicPartition(name, number)
        for name, log in describe(settings, TOPICS).items()
        for number in range(log.partitions)
    ]
    try:
        consumer = Consumer(librdkafka(settings) | {"group.id": settings.group, "log_level": 0})
        for shard in shards:
            shard.offset = consumer.get_watermark_offsets(shard, timeout=_SECONDS)[0]
        consumer.close()
        group = ConsumerGroupTopicPartitions(settings.group, shards)
        admin.result(admin.client.alter_consumer_group_offsets([group])[settings.group])
    except KafkaException as error:
        raise Fatal(f"cannot set the offsets of the group: {told(error.args[0])}") from error
    except RefusedError as error:
        raise Fatal(f"cannot set the offsets of the group: {error}") from error
