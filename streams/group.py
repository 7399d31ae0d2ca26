"""The consumer group of the workers: whether any is running, and back to the start of the topics."""

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from schemas.contract import TOPICS
from streams.admin import Admin, RefusedError
from streams.settings import Settings
from streams.shard import Fatal
from streams.standing import standings
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
    logs = {name: log.partitions for name, log in describe(settings, TOPICS).items()}
    starts = [TopicPartition(*found.shard, found.first) for found in standings(settings, logs)]
    group, admin = ConsumerGroupTopicPartitions(settings.group, starts), Admin(settings)
    try:
        admin.result(admin.client.alter_consumer_group_offsets([group])[settings.group])
    except RefusedError as error:
        raise Fatal(f"cannot set the offsets of the group: {error}") from error
