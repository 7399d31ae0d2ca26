"""The contract as an AsyncAPI 3.0 document: topics are channels, event types are messages.

The document lies beside this file as `asyncapi.yaml`; `schemas.publish` writes it, a test holds it so.
"""

from pathlib import Path
from typing import Any

from schemas.contract import TOPICS, TYPES, Declared
from schemas.entity import VERSION
from schemas.examples import of_type
from schemas.jsonschema import DEFINITIONS, event_schema

PUBLISHED = Path(__file__).with_name("asyncapi.yaml")
CONTENT_TYPE = "application/cloudevents+json"
KAFKA = "0.5.0"
SCHEMAS = "#/components/schemas/"
ABOUT = """\
Events from document management systems, one-stop systems, portals and payment platforms.
CloudEvents 1.0 in structured mode; identity is (source, id); times are RFC 3339 with an offset.
An event states some columns of its entity and leaves the rest alone; null clears.
Unknown fields, personal data and secrecy marks are refused; see docs/contract.md."""


def document() -> dict[str, Any]:
    """The whole document, as plain values."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "reform-pulse events",
            "version": f"{VERSION.removeprefix('v')}.0.0",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {_channel(topic): _topic(topic) for topic in TOPICS},
        "operations": {f"receive-{_channel(topic)}": _operation(topic) for topic in TOPICS},
        "components": {
            "messages": {_message(type_): _event(type_, kind) for type_, kind in TYPES.items()},
            "schemas": {
                **DEFINITIONS,
                **{type_: event_schema(type_, kind, SCHEMAS) for type_, kind in TYPES.items()},
            },
        },
    }


def _channel(topic: str) -> str:
    return topic.rpartition(".")[2]


def _message(type_: str) -> str:
    entity, event = TYPES[type_]
    return f"{entity.name}-{event.name}"


def _messages(topic: str) -> list[str]:
    return [_message(type_) for type_, kind in TYPES.items() if kind.entity.topic == topic]


def _topic(topic: str) -> dict[str, Any]:
    return {
        "address": topic,
        "title": f"Events of {_channel(topic)}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages(topic)},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": KAFKA}},
    }


def _operation(topic: str) -> dict[str, Any]:
    channel = f"#/channels/{_channel(topic)}"
    return {
        "action": "receive",
        "title": f"Count the events of {_channel(topic)}",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in _messages(topic)],
    }


def _event(type_: str, kind: Declared) -> dict[str, Any]:
    key = f"`partitionkey`: {kind.entity.lies_with or kind.entity.key}."
    header = {"type": "object", "properties": {"content-type": {"const": CONTENT_TYPE}}}
    valid = [example for example in of_type(type_) if "registers" in example]
    return {
        "name": type_,
        "title": f"{kind.entity.name} {kind.event.name}",
        "summary": kind.event.about,
        "contentType": CONTENT_TYPE,
        "headers": header,
        "payload": {"$ref": SCHEMAS + type_},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": KAFKA}},
        "examples": [{"summary": e["name"], "payload": e["event"]} for e in valid[:2]],
    }
