"""Bytes to fields: whatever comes, a refusal is all that leaves."""

import json

import pytest

from tests.schemas.samples import BASE, envelope, event, refused, why


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


CYCLE: dict = {}
CYCLE["a"] = CYCLE


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"id":"\ud800"}', "not_json"),
        (b'{"id":"\\ud800"}', "not_json"),
        (b'\xef\xbb\xbf{"id":"a"}', "not_json"),
        (b'{"id":NaN}', "not_json"),
        (b"[" * 100_000, "too_large"),
        (b"[" * 1000, "not_json"),
        (b'{"specversion":' + b"9" * 6000 + b"}", "not_json"),
        (b"  \n", "not_json"),
        (b"[{}]", "not_an_event"),
        (7, "not_an_event"),
        (None, "empty"),
        (envelope(subject="\ud800"), "wrong_type"),
        (envelope(subject=10**6000), "wrong_type"),
        (envelope(data=CYCLE), "unknown_field"),
        (envelope(lost=nested(5000)), "unknown_field"),
        (event(agency=nested(5000)), "wrong_type"),
        (event(**{"\ud800": 1}), "wrong_type"),
    ],
    ids=range(17),
)
def test_odd_records_are_refused_and_raise_nothing_else(record, reason):
    assert why(record)[0] == reason


def test_a_repeated_name_is_refused_because_two_readers_would_read_two_events():
    text = json.dumps(envelope())
    assert why(text.replace('"id"', '"id": "079099001234", "id"')) == ("duplicate_field", "id")
    assert why(text.replace('"agency"', '"agency": "x", "agency"')) == ("duplicate_field", "agency")


def test_a_secrecy_mark_behind_a_repeated_name_is_seen():
    text = json.dumps(envelope()).replace('"agency"', '"agency": "Mật", "agency"')
    assert why(text) == ("secret", "")


def test_records_have_a_size_limit_that_no_valid_event_reaches():
    text = json.dumps(event("dossier.corrected", reason="x" * 200, agency="𝄞" * 200, procedure="𝄞" * 200))
    assert why(text) is None
    assert why(text + " " * (1 << 16)) == ("too_large", "")


def test_masks_carry_no_control_signs_and_no_inside_of_containers():
    assert refused(event(agency="\x1b[31m\n")).value == "?[99x?"
    assert refused(event(agency={"ten": "Nguyen"})).value == "{…}"
    assert refused(event(agency=["Nguyen"])).value == "[…]"


def test_null_attributes_count_as_left_out():
    assert why(envelope(datacontenttype=None, data=None, partitionkey=None)) is None
    assert why(envelope(subject=None)) == ("missing", "subject")
    assert why({k: v for k, v in BASE.items() if k != "time"}) == ("missing", "time")
