"""Properties of `read`: only refusals leave it, registers have their kind, and no refusal tells anything."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.column import Column, Kind
from schemas.event import read
from schemas.instant import EARLIEST, LATEST
from schemas.models import INTEGER_LIMIT
from schemas.refusal import Refusal
from tests.mutations import broken_records, mutated_events
from tests.schemas.samples import refused
from tests.strategies import NOW, records, valid_events

MORE = settings(max_examples=200, deadline=None)
NAMES = st.one_of(st.text(max_size=20), st.sampled_from(("data", "time", "type", "subject", "specversion")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@MORE
@given(st.one_of(st.binary(), st.text(), JSON, JSON.map(json.dumps)))
def test_anything_at_all_is_refused_and_nothing_else_is_raised(record):
    assert refused(record) is not None


@MORE
@given(valid_events(), NAMES, JSON, st.booleans())
def test_a_valid_event_with_anything_put_into_it_raises_nothing_else(event, name, value, inside):
    target = event.setdefault("data", {}) if inside else event
    target[name] = value
    refused(event)


@MORE
@given(mutated_events())
def test_a_mutated_event_is_refused(event):
    assert refused(event) is not None
    assert (refused(event).reason, refused(event).field) == _verdict(json.dumps(event, ensure_ascii=False))


@MORE
@given(broken_records())
def test_a_broken_record_is_refused(record):
    assert refused(record) is not None


@MORE
@given(valid_events())
def test_registers_are_in_stored_form(event):
    found = read(event, NOW)
    assert found.time < NOW
    for name, value in found.registers.items():
        assert _of_kind(found.entity.by_name[name], value)


@MORE
@given(records())
def test_the_spelling_of_the_json_does_not_matter(record):
    assert read(record, NOW) == read(json.loads(record), NOW)


RARE = "qzwkjQZWKJ"
"""Letters that no text of a refusal has three of in a row."""
TELLING = st.one_of(
    st.text("01234567", min_size=12, max_size=12),
    st.text("01234567", min_size=9, max_size=9),
    st.text("01234567", min_size=8, max_size=8).map("09".__add__),
    st.builds("{}@{}.vn".format, *[st.text(RARE, min_size=4, max_size=12)] * 2),
    # Never an identifier: unknown fields that are spelled as one are named in the refusal, on purpose.
    st.text(RARE + "ậ", min_size=4, max_size=20).map("{}ộ".format),
)
PLACES = (
    "id",
    "source",
    "type",
    "subject",
    "time",
    "partitionkey",
    "dataschema",
    "tracestate",
    "traceparent",
)


@MORE
@given(valid_events(), TELLING, st.sampled_from(("Mật", "so ", "", "'", "\x1b[1m")), st.data())
def test_a_refusal_tells_nothing_of_what_it_refused(event, telling, before, data):
    value = data.draw(st.sampled_from((before + telling, [telling], {telling: telling}, telling)))
    place = data.draw(st.sampled_from((*PLACES, "data", "unknown", "field", "name")))
    if place == "field":
        event["data"] = dict.fromkeys(event.get("data") or {"agency": 1}, value)
    elif place == "name":
        event["data"] = {f"{before}{telling}@1": value}
    else:
        event[place] = value
    refusal = refused(event)
    if refusal is not None:
        assert not list(_leaks(refusal, telling))


def _leaks(refusal: Refusal, telling: str) -> Iterator[str]:
    own = refusal.reason.vi("") + refusal.reason.en("")
    shown = (str(refusal), refusal.value, refusal.field)
    for start in range(len(telling) - 2):
        fragment = telling[start : start + 3]
        if fragment not in own and any(fragment in text for text in shown):
            yield fragment


def _verdict(record: Any) -> tuple[Any, str] | None:
    refusal = refused(record)
    return refusal and (refusal.reason, refusal.field)


def _of_kind(column: Column, value: Any) -> bool:
    if value == column.kind.unset:
        return column.clearable
    match column.kind:
        case Kind.TIME:
            return type(value) is int and EARLIEST <= value < LATEST
        case Kind.FLAG:
            return type(value) is int and value in (1, 2)
        case Kind.INTEGER:
            return type(value) is int and column.least <= value < INTEGER_LIMIT
        case Kind.CODE:
            return value in column.codes
    return type(value) is str and 0 < len(value) <= 200
