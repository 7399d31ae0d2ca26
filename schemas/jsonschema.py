"""JSON Schema (draft 2020-12) of every event type, from the declarations.

It says what can be said in that language: names, kinds, codes, lengths, and the patterns of times and of
personal data. What only `schemas.event.read` knows stays there: the clock, secrecy marks, names given twice.
"""

from typing import Any

from schemas.column import Column, Kind
from schemas.contract import TYPES, Declared, declared
from schemas.instant import RFC3339
from schemas.models import BAD_EDGE, INTEGER_LIMIT, TEXT_LENGTH, TRACE, Envelope
from schemas.privacy import AS_KEY, IN_ID, IN_TEXT

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HERE = "#/$defs/"
YEARS = "(?:1989|199[0-9]|20[0-9]{2}|2100)"
"""Of the range of instants; its two edges are cut by `read`, which knows the offset."""


def _string(pattern: str, about: str) -> Schema:
    unwanted = [{"pattern": BAD_EDGE}, {"pattern": pattern}]
    bounds = {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH}
    return {"description": about, **bounds, "not": {"anyOf": unwanted}}


DEFINITIONS: dict[str, Schema] = {
    "text": _string(IN_TEXT, "A code or short text, without personal data."),
    "key": _string(AS_KEY, "A key; not the number or address of a person."),
    "id": _string(IN_ID, "An event's id."),
    "time": {
        "description": "RFC 3339 with an offset, in the years 1990 to 2099.",
        "type": "string",
        "format": "date-time",
        "pattern": f"^{YEARS}{RFC3339.pattern.removeprefix('[0-9]{4}')}$",
    },
}
DEFINED = {Kind.TEXT: "text", Kind.KEY: "key", Kind.TIME: "time"}
ENVELOPE = {"id": "id", "source": "key", "subject": "key", "time": "time"}


def json_schema(type_: str) -> Schema:
    """The schema of one event type, whole in itself; raises Refusal for an unknown type."""
    schema = event_schema(type_, declared(type_), HERE)
    return {"$schema": DIALECT, "$id": f"urn:reform-pulse:{type_}", **schema, "$defs": DEFINITIONS}


def all_schemas() -> Schema:
    """All event types as one document: a record must match one of them."""
    types = {type_: event_schema(type_, kind, HERE) for type_, kind in TYPES.items()}
    return {
        "$schema": DIALECT,
        "$id": "urn:reform-pulse:contract:v1",
        "title": "reform-pulse, contract v1",
        "oneOf": [{"$ref": HERE + type_} for type_ in types],
        "$defs": {**DEFINITIONS, **types},
    }


def event_schema(type_: str, kind: Declared, at: str) -> Schema:
    """The envelope with its data; `at`: where the definitions lie, as a prefix of `$ref`."""
    about = {name: field.description or "" for name, field in Envelope.model_fields.items()}
    data = data_schema(kind, at)
    properties = {
        "specversion": {"const": "1.0"},
        "type": {"const": type_},
        **{name: _refer(at, defined, about[name]) for name, defined in ENVELOPE.items()},
        "partitionkey": _refer(at, "key", about["partitionkey"], null=True),
        "datacontenttype": {"description": about["datacontenttype"], "enum": ["application/json", None]},
        "dataschema": _refer(at, "key", about["dataschema"], null=True),
        "traceparent": {"description": about["traceparent"], "type": ["string", "null"], "pattern": TRACE},
        "tracestate": _refer(at, "key", about["tracestate"], null=True),
        "data": data if "required" in data else {**data, "type": ["object", "null"]},
    }
    required = ["specversion", "type", *ENVELOPE, *(["data"] if "required" in data else [])]
    schema = _object(kind.event.about, properties, required)
    return {"title": type_, **schema, **_one_key(kind)}


def data_schema(kind: Declared, at: str) -> Schema:
    """What `data` of one event type may and must have."""
    entity, event = kind
    fields = {name: field_schema(entity.by_name[name], at, null=True) for name in event.columns}
    extras = {extra.name: field_schema(extra, at, null=False) for extra in event.extras}
    return _object("What the event states.", {**fields, **extras}, list(event.required))


def field_schema(column: Column, at: str, *, null: bool) -> Schema:
    """One field of `data`; with null where it can be cleared."""
    null = null and column.clearable
    empty: list[Any] = [None] if null else []
    match column.kind:
        case Kind.CODE:
            return {"description": column.about, "enum": [*column.codes, *empty]}
        case Kind.FLAG:
            return {"description": column.about, "type": ["boolean", "null"] if null else "boolean"}
        case Kind.INTEGER:
            bounds = {"minimum": column.least, "maximum": INTEGER_LIMIT - 1}
            return {"description": column.about, "type": ["integer", "null"] if null else "integer", **bounds}
    return _refer(at, DEFINED[column.kind], column.about, null=null)


def _refer(at: str, name: str, about: str, *, null: bool = False) -> Schema:
    reference = {"$ref": at + name}
    # In a list, because older readers ignore what stands beside a `$ref`.
    return {
        "description": about,
        **({"anyOf": [reference, {"type": "null"}]} if null else {"allOf": [reference]}),
    }


def _object(about: str, properties: Schema, required: list[str]) -> Schema:
    needed = {"required": required} if required else {}
    return {
        "description": about,
        "type": "object",
        "properties": properties,
        **needed,
        "additionalProperties": False,
    }


def _one_key(kind: Declared) -> Schema:
    """An entity that lies with another must tell its key, in the envelope or in `data`."""
    owner = kind.entity.lies_with
    if owner is None:
        return {}
    text = {"type": "string"}
    given = {"required": ["partitionkey"], "properties": {"partitionkey": text}}
    named = {"required": ["data"], "properties": {"data": {"required": [owner], "properties": {owner: text}}}}
    return {"anyOf": [given, named]}
