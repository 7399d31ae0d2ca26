"""Who may do what at Kafka: a role for each kind of client, as few rights as its work needs, and the ACLs.

A role's user has the role's name. Making users, topics and ACLs is for `admin`, whom no ACL binds
(`super.users` in deploy/kafka/security.properties). tests/security has each role at work under its rights.
"""

from collections.abc import Iterator
from typing import NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined] # it does not say what it exports
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from schemas.contract import RAW_TOPIC, TOPICS
from streams.admin import Admin, RefusedError
from streams.dead_letter import READERS
from streams.settings import Settings
from streams.shard import Fatal

ROLES = {
    "worker": "`worker` and `rebuild`: reads all events, writes dead letters",
    "gateway": "`serve`, `send` and `simulate`: writes events, reads nothing",
    "ingest": "`ingest`: reads what source systems put into raw topics, writes events and dead letters",
    "operator": "`dead-letters`: reads what was refused, writes it again",
    "reader": "`doctor`: sees that topics and groups are there, reads no event",
}
_ITERATIONS = 8192


class Right(NamedTuple):
    """One kind of resource ("TOPIC", "GROUP") that a role may use, by name or by all names that begin so."""

    role: str
    resource: str
    name: str
    operations: tuple[str, ...]
    prefix: bool = False


def rights(settings: Settings) -> list[Right]:
    """All rights, role by role, with the settings' names of topics and groups."""
    return sorted(_rights(settings), key=lambda right: [*ROLES].index(right.role))


def _rights(settings: Settings) -> Iterator[Right]:
    letters = settings.dead_letter_topic
    read, write, see = ("READ", "DESCRIBE"), ("WRITE", "DESCRIBE"), ("DESCRIBE",)
    for topic in TOPICS:
        yield Right("worker", "TOPIC", topic, read)
        yield Right("gateway", "TOPIC", topic, write)
        yield Right("ingest", "TOPIC", topic, write)
        yield Right("operator", "TOPIC", topic, ("READ", "WRITE", "DESCRIBE"))
        yield Right("reader", "TOPIC", topic, see)
    yield Right("worker", "TOPIC", letters, write)
    yield Right("worker", "GROUP", settings.group, read)
    yield Right("ingest", "TOPIC", RAW_TOPIC, read, prefix=True)
    yield Right("ingest", "TOPIC", letters, write)
    yield Right("ingest", "GROUP", settings.raw_group, read)
    yield Right("operator", "TOPIC", letters, ("READ", "WRITE", "DESCRIBE"))
    yield Right("operator", "GROUP", READERS, read)
    yield Right("reader", "TOPIC", letters, see)
    yield Right("reader", "TOPIC", RAW_TOPIC, see, prefix=True)
    yield Right("reader", "GROUP", settings.group, see)
    yield Right("reader", "GROUP", settings.raw_group, see)


def grant(settings: Settings) -> int:
    """Make the ACLs at the settings' Kafka; those there are stay. Returns how many. Raises Fatal."""
    admin = Admin(settings)
    wanted = [binding for right in rights(settings) for binding in _bindings(right)]
    try:
        for future in admin.client.create_acls(wanted).values():
            admin.result(future)
    except RefusedError as error:
        raise Fatal(f"cannot make ACLs: {error}") from error
    return len(wanted)


def _bindings(right: Right) -> Iterator[AclBinding]:
    for operation in right.operations:
        yield AclBinding(
            ResourceType[right.resource],
            right.name,
            ResourcePatternType.PREFIXED if right.prefix else ResourcePatternType.LITERAL,
            f"User:{right.role}",
            "*",
            AclOperation[operation],
            AclPermissionType.ALLOW,
        )


def set_password(settings: Settings, user: str, password: str) -> None:
    """Make a SCRAM user, or give it another password. Raises Fatal."""
    admin = Admin(settings)
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS)
    wanted = UserScramCredentialUpsertion(user, scram, password.encode())
    try:
        admin.result(admin.client.alter_user_scram_credentials([wanted])[user])
    except (RefusedError, KafkaException) as error:
        raise Fatal(f"cannot set the password of {user}: {error}") from error
