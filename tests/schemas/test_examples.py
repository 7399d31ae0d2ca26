"""The examples that senders test themselves against say what `read` does."""

import pytest

from schemas.contract import TYPES
from schemas.event import read
from schemas.examples import of_type, readable, refused
from schemas.refusal import Reason
from tests.schemas.samples import why
from tests.strategies import NOW

CASES = [
    pytest.param(example, id=f"{type_}: {example['name']}") for type_ in TYPES for example in of_type(type_)
]
GENERAL = [pytest.param(example, id=example["name"]) for example in refused()]


@pytest.mark.parametrize("example", CASES)
def test_an_example_states_or_is_refused_as_it_says(example):
    if "refusal" in example:
        assert why(example["event"]) == (example["refusal"]["reason"], example["refusal"]["field"])
        return
    event = read(example["event"], NOW)
    columns = event.entity.by_name
    assert {n: readable(columns[n], v) for n, v in event.registers.items()} == example["registers"]


@pytest.mark.parametrize("example", GENERAL)
def test_what_is_refused_whatever_its_type(example):
    record = example["record"] if "record" in example else example["event"]
    assert why(record) == (example["refusal"]["reason"], example["refusal"]["field"])


@pytest.mark.parametrize("type_", TYPES)
def test_every_event_type_has_examples(type_):
    examples = of_type(type_)
    names = [example["name"] for example in examples]
    assert len(names) == len(set(names)) >= 3
    assert {"registers" in example for example in examples} == {True, False}
    assert {example["event"]["type"] for example in examples} == {type_}


def test_every_reason_has_an_example():
    seen = {case.values[0].get("refusal", {}).get("reason") for case in (*CASES, *GENERAL)}
    # Too long to print; a matter of the topic; of source formats.
    elsewhere = {Reason.TOO_LARGE, Reason.WRONG_TOPIC}
    elsewhere |= {Reason.UNREADABLE, Reason.SOURCE_TIME, Reason.NO_COLUMN}
    assert {reason.code for reason in Reason} - seen == {reason.code for reason in elsewhere}
