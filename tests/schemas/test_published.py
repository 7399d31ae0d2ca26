"""What is generated and checked in is up to date, and keeps the rules of AsyncAPI 3.0."""

import re

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from jsonschema import Draft7Validator, Draft202012Validator

from schemas.asyncapi import PUBLISHED, document
from schemas.contract import ENTITIES, TOPICS, TYPES
from schemas.publish import DOCS, artefacts

DOCUMENT = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
ROOT = DOCS.parents[1]
FIXED = {
    "root": {
        "asyncapi",
        "id",
        "info",
        "servers",
        "defaultContentType",
        "channels",
        "operations",
        "components",
    },
    "channel": {
        *("address", "messages", "title", "summary", "description", "servers", "parameters", "tags"),
        *("externalDocs", "bindings"),
    },
    "operation": {
        *("action", "channel", "title", "summary", "description", "security", "tags", "externalDocs"),
        *("bindings", "traits", "messages", "reply"),
    },
    "message": {
        *("headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description"),
        *("tags", "externalDocs", "bindings", "examples", "traits"),
    },
}
"""The fixed fields of the specification, asyncapi.com/docs/reference/specification/v3.0.0."""


@pytest.mark.parametrize(("path", "text"), artefacts().items(), ids=lambda value: getattr(value, "name", ""))
def test_generated_files_are_up_to_date(path, text):
    assert path.read_text(encoding="utf-8") == text, "run: python -m schemas.publish"


def test_the_yaml_says_what_the_declarations_say():
    assert document() == DOCUMENT


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolve(reference):
    target = DOCUMENT
    assert reference.startswith("#/")
    for step in reference[2:].split("/"):
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return target


def test_every_reference_resolves():
    found = list(references(DOCUMENT))
    assert len(found) > len(TYPES)
    assert all(resolve(reference) for reference in found)


def test_the_root():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) <= FIXED["root"]
    assert {"title", "version"} <= set(DOCUMENT["info"])


def test_channels_are_the_topics():
    assert [channel["address"] for channel in DOCUMENT["channels"].values()] == list(TOPICS)
    for name, channel in DOCUMENT["channels"].items():
        assert re.fullmatch(r"[\w.-]+", name)
        assert set(channel) <= FIXED["channel"]
        assert channel["bindings"]["kafka"]["topic"] == channel["address"]
        assert set(channel["messages"]) == {
            f"{entity.name}-{event.name}"
            for entity in ENTITIES.values()
            for event in entity.events
            if entity.topic == channel["address"]
        }


def test_operations_receive_only_messages_of_their_channel():
    for operation in DOCUMENT["operations"].values():
        assert set(operation) <= FIXED["operation"]
        assert operation["action"] == "receive"
        prefix = operation["channel"]["$ref"] + "/messages/"
        assert all(message["$ref"].startswith(prefix) for message in operation["messages"])


@pytest.mark.parametrize("name", DOCUMENT["components"]["messages"])
def test_messages(name):
    message = DOCUMENT["components"]["messages"][name]
    assert re.fullmatch(r"[\w.-]+", name)
    assert set(message) <= FIXED["message"]
    assert message["contentType"] == "application/cloudevents+json"
    assert message["bindings"]["kafka"]["key"]["type"] == "string"
    schema = {**resolve(message["payload"]["$ref"]), "components": DOCUMENT["components"]}
    # An AsyncAPI schema is a superset of draft 7; ours mean the same in both.
    Draft7Validator.check_schema(schema)
    for example in message["examples"]:
        Draft7Validator(schema).validate(example["payload"])
        Draft202012Validator(schema).validate(example["payload"])


def test_the_wheel_carries_examples_and_documents():
    builder = WheelBuilder(str(ROOT))
    names = {file.distribution_path for file in builder.recurse_included_files()}
    examples = {f"schemas/examples/{kind.entity.name}/{kind.event.name}.json" for kind in TYPES.values()}
    assert {*examples, "schemas/examples/refused.json", "schemas/asyncapi.yaml"} <= names
