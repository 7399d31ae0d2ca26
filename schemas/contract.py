"""Contract v1: all entities, and the way from a CloudEvents `type` to its declaration."""

from typing import NamedTuple

from schemas.document import DOCUMENT
from schemas.dossier import DOSSIER
from schemas.entity import TYPE_PREFIX, VERSION, Entity, EventType
from schemas.feedback import FEEDBACK
from schemas.payment import PAYMENT
from schemas.refusal import Reason, Refusal
from schemas.service import SERVICE
from schemas.task import TASK

ENTITIES: dict[str, Entity] = {e.name: e for e in (DOSSIER, DOCUMENT, PAYMENT, SERVICE, FEEDBACK, TASK)}
TOPICS: tuple[str, ...] = tuple(dict.fromkeys(entity.topic for entity in ENTITIES.values()))
DEAD_LETTERS = "reform.dead-letters"
RAW_TOPIC = "reform.raw."
"""How the topics begin that source systems put their own payloads into; the name of an adapter follows."""


class Declared(NamedTuple):
    """An event type with the entity it belongs to."""

    entity: Entity
    event: EventType


TYPES: dict[str, Declared] = {
    entity.type_of(event): Declared(entity, event) for entity in ENTITIES.values() for event in entity.events
}


def declared(type_: str) -> Declared:
    """Look up a CloudEvents type; raises Refusal for an unknown type or version."""
    found = TYPES.get(type_)
    if found:
        return found
    stem, _, version = type_.rpartition(".")
    if f"{stem}.{VERSION}" in TYPES and version != VERSION:
        raise Refusal(Reason.UNKNOWN_VERSION, "type", type_)
    if not type_.startswith(TYPE_PREFIX):
        raise Refusal(Reason.FOREIGN_TYPE, "type", type_)
    raise Refusal(Reason.UNKNOWN_TYPE, "type", type_)


def entities_of(topic: str) -> tuple[Entity, ...]:
    """The entities whose events flow through a topic."""
    return tuple(entity for entity in ENTITIES.values() if entity.topic == topic)
