"""A batch says of each item what reading it alone says, however it is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.batch import Item, NotABatchError, read_batch
from schemas.contract import TYPES
from schemas.event import read
from schemas.examples import of_type, refused
from schemas.instant import parse_instant
from schemas.refusal import Refusal

NOW = parse_instant("2026-01-01T00:00:00Z")
EXAMPLES = [*refused(), *(example for type_ in TYPES for example in of_type(type_))]
WHOLE = [json.dumps(each["event"], ensure_ascii=False) for each in EXAMPLES if "event" in each]
ODD = [
    '{"id": "a", "id": "b"}',
    '{"id" \t: "Mật", "id": "b"}',
    '{"note": "an escaped \\": quote", "x": []}',
    '{"data": {"a": [{"b": 1, "b": 2}]}}',
    "7",
    "null",
    "[]",
    "{}",
    '"secret"',
    '{"id": "' + "x" * 70_000 + '"}',
]


def verdict(result):
    if isinstance(result, Refusal):
        return result.reason, result.field, result.value
    return result.event


def alone(text):
    try:
        return read(text.encode(), NOW)
    except Refusal as refusal:
        return refusal.reason, refusal.field, refusal.value


@given(st.lists(st.sampled_from(WHOLE + ODD), max_size=6), st.sampled_from([",", " ,\n", ",\t"]))
def test_each_item_is_read_as_if_it_came_alone(texts, comma):
    found = read_batch(f" [ {comma.join(texts)} ]\n".encode(), NOW)
    for text, result in zip(texts, found, strict=True):
        assert verdict(result) == alone(text)


@given(st.lists(st.sampled_from(WHOLE), max_size=6))
def test_the_record_of_an_item_says_the_same_as_what_was_sent(texts):
    for text, result in zip(texts, read_batch(f"[{','.join(texts)}]".encode(), NOW), strict=True):
        if isinstance(result, Item):
            assert json.loads(result.record) == json.loads(text)
            assert read(result.record, NOW) == result.event


def test_a_repeated_name_in_one_item_spoils_no_other():
    good = WHOLE[-1]
    first, second, third = read_batch(f'[{good}, {{"id": 1, "id": 2}}, {good}]'.encode(), NOW)
    assert verdict(first) == verdict(third) == alone(good)
    assert verdict(second)[:2] == alone('{"id": 1, "id": 2}')[:2]


def test_an_empty_batch_has_no_items():
    assert read_batch(b" [ ] ", NOW) == []


@pytest.mark.parametrize("body", [b"", b"[", b"[{}", b"[1,]", b"\xff", b'[{"a": NaN}]', b"[" * 5000])
def test_what_is_not_json_is_refused_as_a_whole(body):
    with pytest.raises(Refusal) as found:
        read_batch(body, NOW)
    assert found.value.reason.code == "not_json"


@pytest.mark.parametrize("body", [b"{}", b"7", b"null", b'"[]"'])
def test_what_is_no_array_is_no_batch(body):
    with pytest.raises(NotABatchError):
        read_batch(body, NOW)
