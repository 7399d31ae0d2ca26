"""A change event of Debezium to a snapshot of what its row tells of; a deleted row is voided.

The version is the time of the commit in the source (`source.ts_ms`, finer where `ts_us` or `ts_ns` is sent),
so changes may come twice and in any order. Envelopes come with or without the schema beside the payload.
"""

from collections.abc import Mapping as Fields_
from functools import partial
from typing import Any

from pydantic import Field

from schemas.instant import to_datetime, within_range
from schemas.refusal import Reason
from sources.adapter import Context, convert_records
from sources.cloudevent import cloudevent
from sources.converted import Converted, Drafted, FieldError
from sources.mapped_row import draft, is_secret, key_of
from sources.mapping import Mapping
from sources.payload import json_of

UNAVAILABLE = "__debezium_unavailable_value"
"""Stands for a large column that the change did not touch."""

STATES, DELETED, QUIET = frozenset("cur"), "d", frozenset("mt")


class Table(Mapping):
    """table: only changes of this table are read; those of others are passed over."""

    table: str = Field("", max_length=200)


def convert(payload: bytes, context: Context) -> Converted:
    """One change, or a list of them; a tombstone (empty, or null) gives nothing."""
    if payload.strip() in (b"", b"null"):
        return Converted(rows=1)
    value = json_of(payload)
    records = value if isinstance(value, list) else [value]
    return convert_records(enumerate(records, 1), _draft, context, partial(_is_secret, context.configuration))


def _is_secret(mapping: Table, record: Fields_[str, Any]) -> bool:
    change = _change(record)
    images = [change.get(name) for name in ("before", "after")]
    return any(is_secret(mapping, dict(image)) for image in images if isinstance(image, Fields_))


def _draft(record: Fields_[str, Any], context: Context) -> Drafted:
    change, mapping = _change(record), context.configuration
    origin = change.get("source")
    operation = str(change.get("op"))
    if operation in QUIET or (
        mapping.table and isinstance(origin, Fields_) and origin.get("table") != mapping.table
    ):
        return _nothing("other_change")
    if operation == DELETED:
        row = _image(change, "before")
        subject, owner = key_of(row, context)
        void = cloudevent(f"{mapping.entity}.voided", mapping.source, subject, _committed(change), {}, owner)
        drafted = _nothing("deleted_row")
        drafted.events.append(void)
        return drafted
    if operation not in STATES:
        raise FieldError(Reason.WRONG_VALUE, "op", operation)
    return draft(_image(change, "after"), context, _committed(change))


def _nothing(habit: str) -> Drafted:
    drafted = Drafted([])
    drafted.noticed[habit] += 1
    return drafted


def _change(record: Fields_[str, Any]) -> Fields_[str, Any]:
    payload = record.get("payload")
    return payload if isinstance(payload, Fields_) else record


def _image(change: Fields_[str, Any], name: str) -> dict[str, Any]:
    image = change.get(name)
    if not isinstance(image, Fields_):
        raise FieldError(Reason.MISSING, name)
    return {column: value for column, value in image.items() if value != UNAVAILABLE}


def _committed(change: Fields_[str, Any]) -> str:
    """The time of the commit, RFC 3339."""
    origin = change.get("source")
    for place in (origin if isinstance(origin, Fields_) else {}, change):
        for name, unit in (("ts_us", 1), ("ts_ms", 1_000)):
            number = place.get(name)
            if isinstance(number, int) and not isinstance(number, bool) and number > 0:
                try:
                    return to_datetime(within_range(number * unit)).isoformat()
                except ValueError:
                    raise FieldError(Reason.SOURCE_TIME, name) from None
    raise FieldError(Reason.MISSING, "source.ts_ms")
