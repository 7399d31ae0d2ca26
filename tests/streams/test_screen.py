"""The screen of raw bytes, against a count by the JSON parser."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.screen import screen
from tests.strategies import valid_events

SPACINGS = [(",", ":"), (", ", ": ")]


def keys(value: Any) -> int:
    return sum(1 + keys(inner) for inner in value.values()) if isinstance(value, dict) else 0


def bare(value: Any) -> int:
    if isinstance(value, dict):
        return sum(bare(inner) for inner in value.values())
    return isinstance(value, bool | int | float)


@settings(max_examples=60)
@given(st.lists(st.tuples(valid_events(), st.sampled_from(SPACINGS), st.booleans()), max_size=12))
def test_of_plain_records_keys_and_bare_values_are_counted(some: Any) -> None:
    texts = [json.dumps(e, separators=spacing, ensure_ascii=ascii_) for e, spacing, ascii_ in some]
    seen = screen([text.encode() for text in texts])
    assert len(seen.plain) == len(seen.keys) == len(seen.bare) == len(some)
    for row, (event, _, _) in enumerate(some):
        nothing = "data" not in event or None in event["data"].values()
        odd = "\\" in texts[row] or nothing
        assert seen.plain[row] != odd
        if not odd:
            assert (seen.keys[row], seen.bare[row]) == (keys(event), bare(event))


PLAIN = '{"id":"1","data":{"a":"b","n":-1,"t":true,"f": false}}'


def test_a_plain_record() -> None:
    seen = screen([PLAIN.encode()])
    assert (seen.plain.tolist(), seen.keys.tolist(), seen.bare.tolist()) == ([True], [6], [3])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"b"', '"\\u0062"'),
        ('"b"', "null"),
        ('"b"', "[1]"),
        ('"b"', '{"c":1}'),
        ('"a":"b"', '"a":  "b"'),
        ('"data":{', '"data":5,"x":{"y":{'),
        ('{"a":"b","n":-1,"t":true,"f": false}', '"none"'),
        ('"b"', '"[b"'),
    ],
)
def test_what_is_odd_is_no_plain_record_and_spoils_no_other(old: str, new: str) -> None:
    odd = PLAIN.replace(old, new, 1)
    assert odd != PLAIN
    seen = screen([PLAIN.encode(), odd.encode(), PLAIN.encode()])
    assert seen.plain.tolist() == [True, False, True]
    assert seen.keys[[0, 2]].tolist() == [6, 6]


@pytest.mark.parametrize("short", [b"", b'"', b'":', b'{"a":', b"{}", b'"a":"'])
def test_a_cut_record_borrows_nothing_from_the_next(short: bytes) -> None:
    assert screen([short, PLAIN.encode()]).plain.tolist() == [False, True]
    assert screen([PLAIN.encode(), short]).plain.tolist() == [True, False]
    assert screen([short]).plain.tolist() == [False]


def test_no_records() -> None:
    assert screen([]).plain.tolist() == []
