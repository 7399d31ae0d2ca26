"""Records as typed objects: one compiled reader for all event types of a topic, made from the declarations.

`msgspec` parses and checks a record in one pass: names, types, code tables, lengths, integer ranges. What it
refuses is not thereby wrong; the careful reader decides (schemas.event).
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union

import msgspec

from schemas.column import Column, Kind
from schemas.contract import TYPES
from schemas.entity import Entity, EventType
from schemas.models import INTEGER_LIMIT, TEXT_LENGTH

UNSET = msgspec.UNSET
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH)]

ENVELOPE: list[Any] = [
    ("specversion", Literal["1.0"]),
    ("id", Text),
    ("source", Text),
    ("subject", Text),
    ("time", str),
    ("partitionkey", Text | msgspec.UnsetType, UNSET),
    ("datacontenttype", Literal["application/json"] | msgspec.UnsetType, UNSET),
]


@dataclass(frozen=True, eq=False)
class Form:
    """How the records of one event type look. fields: of `data`, in the order of the struct."""

    type: str
    entity: Entity
    event: EventType
    fields: tuple[Column, ...]


@dataclass(frozen=True)
class Structs:
    """The reader of a topic, and the form behind each of its struct classes."""

    decoder: msgspec.json.Decoder[Any]
    forms: dict[type, Form]


@cache
def structs(topic: str) -> Structs:
    """Compile the reader of a topic's records."""
    forms = {}
    for name, (entity, event) in TYPES.items():
        if entity.topic == topic:
            fields = (*(entity.by_name[column] for column in event.columns), *event.extras)
            forms[_struct(name, fields, event)] = Form(name, entity, event, fields)
    return Structs(msgspec.json.Decoder(Union[tuple(forms)]), forms)  # noqa: UP007 - made at run time


def _struct(name: str, fields: tuple[Column, ...], event: EventType) -> type[msgspec.Struct]:
    strict: dict[str, Any] = {"forbid_unknown_fields": True, "kw_only": True, "gc": False}
    data = msgspec.defstruct("Data", [_field(field, event) for field in fields], **strict)
    return msgspec.defstruct("Record", [*ENVELOPE, ("data", data)], tag_field="type", tag=name, **strict)


def _field(field: Column, event: EventType) -> Any:
    kind = _kind(field)
    if field.clearable and field not in event.extras:
        kind = kind | None
    return (
        (field.name, kind) if field.name in event.required else (field.name, kind | msgspec.UnsetType, UNSET)
    )


def _kind(field: Column) -> Any:
    match field.kind:
        case Kind.FLAG:
            return bool
        case Kind.INTEGER:
            return Annotated[int, msgspec.Meta(ge=field.least, lt=INTEGER_LIMIT)]
        case Kind.CODE:
            return Literal[field.codes]
        case Kind.TIME:
            return str
    return Text
