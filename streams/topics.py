"""The topics of the contract: create what is missing, and tell one log from another of the same name.

A topic's id (KIP-516, Kafka 3.1 and later) changes when the topic is deleted and created again, which its
name and partition count do not show. Tansu gives one, too: a UUID of version 7, from the time of creation, so
a restarted embedded broker has new ones. A broker without topic ids gives the nil id: identity is then "".
"""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, TopicCollection
from confluent_kafka.cimpl import NewTopic

from streams.admin import Admin, RefusedError
from streams.settings import Settings
from streams.shard import Fatal

_SECONDS = 15.0


class TopicLog(NamedTuple):
    """identity: the topic's id as a UUID string, "" if the broker gives none. partitions: how many it has."""

    identity: str
    partitions: int


def ensure(settings: Settings, topics: Iterable[str]) -> None:
    """Create the topics that are missing; blocks on the network. Fatal if that is refused."""
    names = list(topics)
    admin = Admin(settings)
    missing = [name for name in names if name not in _describe(admin, names)]
    if not missing:
        return
    wanted = [NewTopic(name, settings.partitions, settings.replication) for name in missing]
    for name, future in admin.client.create_topics(wanted, operation_timeout=_SECONDS).items():
        _created(admin, name, future)


def describe(settings: Settings, topics: Iterable[str]) -> dict[str, TopicLog]:
    """Return the topics that exist; blocks on the network. Fatal if the broker does not answer."""
    return _describe(Admin(settings), list(topics))


def _describe(admin: Admin, names: list[str]) -> dict[str, TopicLog]:
    futures = admin.client.describe_topics(TopicCollection(names), request_timeout=_SECONDS) if names else {}
    logs = {name: _log(admin, name, future) for name, future in futures.items()}
    return {name: log for name, log in logs.items() if log is not None}


def _log(admin: Admin, name: str, future: Any) -> TopicLog | None:
    try:
        topic = admin.result(future)
    except RefusedError as error:
        if error.code == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise Fatal(f"cannot ask Kafka about topic {name}: {error}") from error
    return TopicLog(_identity(topic.topic_id), len(topic.partitions))


def _identity(topic_id: Any) -> str:
    if topic_id is None:
        return ""
    halves = (topic_id.get_most_significant_bits(), topic_id.get_least_significant_bits())
    high, low = (half & 0xFFFF_FFFF_FFFF_FFFF for half in halves)  # they come signed
    number = high << 64 | low
    return str(uuid.UUID(int=number)) if number else ""


def _created(admin: Admin, name: str, future: Any) -> None:
    try:
        admin.result(future)
    except RefusedError as error:
        if error.code != KafkaError.TOPIC_ALREADY_EXISTS:  # another worker was faster
            raise Fatal(
                f"topic {name} is missing and cannot be created: {error}."
                " Create it, or allow this user to, and start again."
            ) from error
