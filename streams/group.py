"""The consumer group of the workers: whether any is running, and back to the start of the topics."""

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from schemas.contract import TOPICS
from streams.settings import Settings
from streams.shard import Fatal
from streams.topics import describe

_SECONDS = 15.0


def working(settings: Settings) -> bool:
    """Whether the group has members now; blocks on the network. Fatal if Kafka does not answer."""
    admin = _admin(settings)  # it must live until the answer: one that nobody holds never gives any
    try:
        futures = admin.describe_consumer_groups([settings.group], request_timeout=_SECONDS)
        return bool(futures[settings.group].result().members)
    except KafkaException as error:
        raise Fatal(
            f"cannot ask Kafka at {settings.kafka} about its workers: {error.args[0].str()}"
        ) from error


def reset(settings: Settings) -> None:
    """Set the group's offsets to the start of all topics; blocks on the network. Fatal if refused."""
    admin = _admin(settings)
    shards = [
        TopicPartition(name, number)
        for name, log in describe(settings, TOPICS).items()
        for number in range(log.partitions)
    ]
    try:
        consumer = Consumer({"bootstrap.servers": settings.kafka, "group.id": settings.group, "log_level": 0})
        for shard in shards:
            shard.offset = consumer.get_watermark_offsets(shard, timeout=_SECONDS)[0]
        consumer.close()
        group = ConsumerGroupTopicPartitions(settings.group, shards)
        admin.alter_consumer_group_offsets([group])[settings.group].result()
    except KafkaException as error:
        raise Fatal(f"cannot set the offsets of the group: {error.args[0].str()}") from error


def _admin(settings: Settings) -> AdminClient:
    return AdminClient({"bootstrap.servers": settings.kafka, "log_level": 0})
