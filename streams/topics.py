"""The topics of the contract: create what is missing, add partitions, tell logs of the same name apart.

A topic's id (KIP-516, Kafka 3.1 and later) changes when the topic is deleted and created again, which its
name and partition count do not show. Tansu gives one, too: a UUID of version 7, from the time of creation, so
a restarted embedded broker has new ones. A broker without topic ids gives the nil id: identity is then "".
"""

import asyncio
import logging
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, TopicCollection
from confluent_kafka.cimpl import NewPartitions, NewTopic

from schemas.kafka_error import LATER
from streams.admin import Admin, RefusedError
from streams.checkpoint import StoreError
from streams.settings import Settings
from streams.shard import Fatal

log = logging.getLogger(__name__)

_SECONDS = 15.0
_TRY_SECONDS = 4.0  # a stop waits for it: less than `shutdown_seconds`, more than it takes to be refused


class NotYetError(Fatal, StoreError):
    """Kafka did not answer in time; it may later, when a controller or enough brokers are there again.

    The end for who asks once; who can ask again takes it for what it is when a store does not answer.
    """


class TopicLog(NamedTuple):
    """identity: the topic's id as a UUID string, "" if the broker gives none. partitions: how many it has."""

    identity: str
    partitions: int


def ensure(settings: Settings, topics: Iterable[str], seconds: float = _SECONDS) -> None:
    """Create the topics that are missing; blocks on the network, each question for `seconds` at most.

    Raises NotYetError; Fatal if it is refused.
    """
    names = list(topics)
    admin = Admin(settings)
    there = _describe(admin, names, seconds)
    missing = [name for name in names if name not in there]
    if not missing:
        return
    wanted = [NewTopic(name, settings.partitions, settings.replication) for name in missing]
    limits = {"operation_timeout": seconds, "request_timeout": seconds}
    for name, future in admin.client.create_topics(wanted, **limits).items():
        _created(admin, name, future)


async def patiently(settings: Settings, topics: Iterable[str]) -> None:
    """The same as often as it takes; says once what it waits for. Fatal if that is refused."""
    names, said = list(topics), False
    while True:
        try:
            return await asyncio.to_thread(ensure, settings, names, _TRY_SECONDS)
        except NotYetError as error:
            if not said:
                log.warning("waiting for Kafka at %s: %s", settings.kafka, error)
                said = True


def grow(settings: Settings, topics: Iterable[str], partitions: int) -> list[str]:
    """Give the topics that have fewer partitions so many; which. Raises NotYetError; Fatal if refused."""
    admin = Admin(settings)
    logs = _describe(admin, list(topics), _SECONDS)
    fewer = [name for name, topic in logs.items() if topic.partitions < partitions]
    wanted = [NewPartitions(name, partitions) for name in fewer]
    for name, future in (admin.client.create_partitions(wanted) if wanted else {}).items():
        try:
            admin.result(future)
        except RefusedError as error:
            raise _kind(error)(f"topic {name} is not given more partitions: {error}") from error
    return fewer


def describe(settings: Settings, topics: Iterable[str]) -> dict[str, TopicLog]:
    """Return the topics that exist; blocks on the network. Raises NotYetError; Fatal if refused."""
    return _describe(Admin(settings), list(topics), _SECONDS)


def _describe(admin: Admin, names: list[str], seconds: float) -> dict[str, TopicLog]:
    futures = admin.client.describe_topics(TopicCollection(names), request_timeout=seconds) if names else {}
    logs = {name: _log(admin, name, future) for name, future in futures.items()}
    return {name: log for name, log in logs.items() if log is not None}


def _log(admin: Admin, name: str, future: Any) -> TopicLog | None:
    try:
        topic = admin.result(future)
    except RefusedError as error:
        if error.code == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise _kind(error)(f"cannot ask Kafka about topic {name}: {error}") from error
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
            raise _kind(error)(
                f"topic {name} is missing and cannot be created: {error}."
                " Create it, or allow this user to, and start again."
            ) from error


def _kind(error: RefusedError) -> type[Fatal]:
    return NotYetError if error.code in LATER else Fatal
