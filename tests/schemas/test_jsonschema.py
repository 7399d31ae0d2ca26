"""The published schemas accept what `read` accepts, and refuse what is wrong in shape."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from schemas.contract import TYPES
from schemas.examples import of_type, refused
from schemas.jsonschema import all_schemas, json_schema
from schemas.refusal import Refusal
from tests.strategies import valid_events

STRUCTURAL = {"unknown_field", "wrong_type", "wrong_value", "missing", "bad_time", "not_clearable"}
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value):
    return not isinstance(value, str) or bool(datetime.fromisoformat(value.upper()))


def validator(schema):
    return Draft202012Validator(schema, format_checker=FORMATS)


VALIDATORS = {type_: validator(json_schema(type_)) for type_ in TYPES}
EXAMPLES = [
    pytest.param(type_, example, id=f"{type_}: {example['name']}")
    for type_ in TYPES
    for example in of_type(type_)
]
RECEIVED = "vn.reform.dossier.received.v1"
BEYOND_SHAPE = {"under the key of another dossier"}
"""That two fields must be equal is more than JSON Schema can say."""


@pytest.mark.parametrize("type_", TYPES)
def test_schemas_are_schemas(type_):
    Draft202012Validator.check_schema(json_schema(type_))


@pytest.mark.parametrize(("type_", "example"), EXAMPLES)
def test_examples(type_, example):
    if "registers" in example:
        VALIDATORS[type_].validate(example["event"])
    elif example["refusal"]["reason"] in STRUCTURAL and example["name"] not in BEYOND_SHAPE:
        assert not VALIDATORS[type_].is_valid(example["event"])


@pytest.mark.parametrize("example", [e for e in refused() if "event" in e], ids=lambda e: e["name"])
def test_general_refusals(example):
    if example["refusal"]["reason"] in STRUCTURAL and example["name"] not in BEYOND_SHAPE:
        assert not VALIDATORS[RECEIVED].is_valid(example["event"])


@settings(max_examples=200, deadline=None)
@given(valid_events())
def test_what_read_accepts_is_valid(event):
    VALIDATORS[event["type"]].validate(event)


def test_all_types_as_one_document():
    document = all_schemas()
    Draft202012Validator.check_schema(document)
    whole = validator(document)
    assert len(document["oneOf"]) == len(TYPES)
    for type_ in ("vn.reform.dossier.received.v1", "vn.reform.payment.settled.v1"):
        example = of_type(type_)[0]["event"]
        whole.validate(example)
        assert not whole.is_valid({**example, "extra": 1})


def test_an_unknown_type_has_no_schema():
    with pytest.raises(Refusal):
        json_schema("vn.reform.dossier.lost.v1")


def test_personal_data_are_refused_by_shape_too():
    event = {**of_type(RECEIVED)[0]["event"], "subject": "079099001234"}
    assert not VALIDATORS[RECEIVED].is_valid(event)
