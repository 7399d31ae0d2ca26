"""Pydantic models of the contract, made from the declarations: the envelope, and `data` per event type.

These are the authority on what is accepted; the columnar decoder of the engine only has to agree with them.
"""

import re
from functools import cache, lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from schemas.column import Column, Kind
from schemas.entity import Entity, EventType
from schemas.instant import parse_instant
from schemas.privacy import AS_KEY, IN_ID, IN_TEXT, holds, secret_value
from schemas.refusal import Reason

TEXT_LENGTH = 200
INTEGER_LIMIT = 10**15
BAD_EDGE = r"^\s|\s$|[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
"""No blanks at the ends, no controls, nothing that nobody sees: they make two codes of one."""

TRACE = "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"

STRICT = ConfigDict(extra="forbid", strict=True)


def _refuse(reason: Reason) -> PydanticCustomError:
    return PydanticCustomError("refusal", "{reason}", {"reason": reason.name})


def _checked(pattern: str) -> AfterValidator:
    personal = holds(pattern)

    @lru_cache(maxsize=4096)  # codes and sources come again and again; only what is allowed is kept
    def check(value: str) -> str:
        if secret_value(value):
            raise _refuse(Reason.SECRET)
        if personal(value):
            raise _refuse(Reason.PERSONAL_DATA)
        if _bad_edge(value):
            raise _refuse(Reason.WRONG_VALUE)
        return value

    return AfterValidator(check)


_BAD_EDGE = re.compile(BAD_EDGE)


def _bad_edge(value: str) -> bool:
    if value.isascii() and value.isprintable():  # nearly all are: then only blanks are left to look for
        return value != value.strip(" ")
    return bool(_BAD_EDGE.search(value))


def _instant(value: str) -> str:
    try:
        parse_instant(value)
    except ValueError:
        raise _refuse(Reason.BAD_TIME) from None
    return value


Bounded = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH)]
Text = Annotated[Bounded, _checked(IN_TEXT)]
Key = Annotated[Bounded, _checked(AS_KEY)]
Id = Annotated[Bounded, _checked(IN_ID)]
Instant = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]

PLAIN: dict[Kind, Any] = {
    Kind.TEXT: Text,
    Kind.KEY: Key,
    Kind.TIME: Instant,
    Kind.FLAG: StrictBool,
}


class Envelope(BaseModel):
    """A CloudEvents 1.0 event in structured mode. Identity is (`source`, `id`)."""

    model_config = STRICT

    specversion: Literal["1.0"] = Field(description="`1.0`.")
    id: Id = Field(description="Unique within `source`.")
    source: Key = Field(description="The sending system, a URI reference such as `/h51/one-stop`.")
    type: Bounded = Field(description="`vn.reform.<entity>.<event>.v1`.")
    subject: Key = Field(description="The entity's key.")
    time: Instant = Field(description="When it happened at the source; the version of all that it states.")
    partitionkey: Key | None = Field(None, description="Kafka record key: `subject`, or what it lies with.")
    datacontenttype: Literal["application/json"] | None = Field(None, description="Only JSON.")
    dataschema: Key | None = Field(None, description="Where the schema of `data` is.")
    traceparent: str | None = Field(None, pattern=TRACE, description="W3C trace context.")
    tracestate: Key | None = Field(None, description="W3C trace context.")
    data: dict[str, Any] | None = Field(None, description="What the event states.")


def plain_type(column: Column) -> Any:
    """The annotation of a field, null left out."""
    match column.kind:
        case Kind.CODE:
            return Literal[column.codes]
        case Kind.INTEGER:
            return Annotated[int, Field(ge=column.least, lt=INTEGER_LIMIT)]
    return PLAIN[column.kind]


def field_type(column: Column) -> Any:
    """The annotation of a column, null included where the register can be cleared."""
    return plain_type(column) | None if column.clearable else plain_type(column)


@cache
def data_model(entity: Entity, event: EventType) -> type[BaseModel]:
    """The model of `data` of one event type. Which fields were stated is in `model_fields_set`."""
    fields: dict[str, Any] = {}
    for column in (*(entity.by_name[name] for name in event.columns), *event.extras):
        default = ... if column.name in event.required else None
        nullable = field_type(column) if column not in event.extras else plain_type(column)
        fields[column.name] = (nullable, Field(default, description=column.about))
    name = f"{entity.name}_{event.name}".title().replace("_", "")
    return create_model(name, __config__=STRICT, __doc__=event.about, **fields)
