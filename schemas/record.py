"""A record as it came, to the fields of one JSON object: the part of reading that trusts nothing.

Three things are settled here, before any model looks: the size; that the JSON can be read in one way only (a
repeated name would let two readers see two events, and hide what is stored with the original); and that no
secrecy mark lies anywhere in it.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from schemas.privacy import secret_field, secret_value
from schemas.refusal import Reason, Refusal

RECORD_LIMIT = 1 << 16
"""Bytes of a record; CloudEvents asks carriers for no more (64 KiB), valid events stay under 32 KiB."""

Record = bytes | str | Mapping[str, Any] | None


def fields_of(record: Record) -> dict[str, Any]:
    """The fields of a record; raises Refusal."""
    if record is None or (isinstance(record, bytes | str | Mapping) and not record):
        raise Refusal(Reason.EMPTY)
    repeated: list[dict[str, Any]] = []
    fields = _parsed(record, repeated) if isinstance(record, bytes | str) else record
    if has_secret(fields) or has_secret(repeated):
        raise Refusal(Reason.SECRET)
    if repeated:
        raise Refusal(Reason.DUPLICATE_FIELD, next(iter(repeated[0])))
    if not isinstance(fields, Mapping):
        raise Refusal(Reason.NOT_AN_EVENT)
    return dict(fields)


def has_secret(value: object) -> bool:
    """Whether a secrecy mark lies anywhere in a JSON value, in names or in values."""
    rest, seen = [value], set()
    while rest:
        item = rest.pop()
        if isinstance(item, Mapping | list):
            if id(item) in seen:
                continue
            seen.add(id(item))
            if isinstance(item, Mapping) and any(secret_field(str(name)) for name in item):
                return True
            rest.extend(item.values() if isinstance(item, Mapping) else item)
        elif secret_value(item):
            return True
    return False


def _parsed(record: bytes | str, repeated: list[dict[str, Any]]) -> Any:
    try:
        raw = record.encode() if isinstance(record, str) else record
        if len(raw) > RECORD_LIMIT:
            raise Refusal(Reason.TOO_LARGE)
        # The strict parser decides what JSON is; the second one only sees the names that the first one drops.
        from_json(raw, allow_inf_nan=False)
        return json.loads(raw.decode(), object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except ValueError:
        raise Refusal(Reason.NOT_JSON) from None


def _object(pairs: list[tuple[str, Any]], repeated: list[dict[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated.extend({name: value} for name, value in pairs if counts[name] > 1)
    return fields
