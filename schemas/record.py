"""A record as it came, to the fields of one JSON object: the part of reading that trusts nothing.

Three things are settled here, before any model looks: the size; that the JSON can be read in one way only (a
repeated name would let two readers see two events, and hide what is stored with the original); and that no
secrecy mark lies anywhere in it. What the bytes alone show to be fine is not looked at again.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import from_json

from schemas.privacy import secret_field, secret_possible, secret_value
from schemas.refusal import Reason, Refusal

RECORD_LIMIT = 1 << 16
"""Bytes of a record; CloudEvents asks carriers for no more (64 KiB), valid events stay under 32 KiB."""

Record = bytes | str | Mapping[str, Any] | None

_NAME = re.compile(rb'"[ \t\n\r]*:')


def fields_of(record: Record) -> dict[str, Any]:
    """The fields of a record; raises Refusal."""
    if record is None or (isinstance(record, bytes | str | Mapping) and not record):
        raise Refusal(Reason.EMPTY)
    if not isinstance(record, bytes | str):
        return checked(record, has_secret(record))
    raw = _encoded(record)
    if len(raw) > RECORD_LIMIT:
        raise Refusal(Reason.TOO_LARGE)
    value = json_value(raw)
    found = names(value)
    repeated = [] if len(found) == names_written(raw) else _repeated(raw)
    secret = has_secret(repeated) or marked(value, found, raw)
    if repeated and not secret:
        raise Refusal(Reason.DUPLICATE_FIELD, next(iter(repeated[0])))
    return checked(value, secret)


def json_value(raw: bytes) -> Any:
    """What a JSON text says, of a repeated name the last; raises Refusal."""
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise Refusal(Reason.NOT_JSON) from None


def names(value: Any) -> list[str]:
    """The names in all objects of a value that was parsed from JSON."""
    found: list[str] = []
    rest = [value]
    for item in rest:  # it grows meanwhile
        if isinstance(item, dict):
            found += item
            rest += [inner for inner in item.values() if isinstance(inner, (dict, list))]
        elif isinstance(item, list):
            rest += item
    return found


def names_written(raw: bytes) -> int:
    """How many names a JSON text has at most: as many as `names` finds, if none is repeated.

    More are counted where a text has an escaped quote before a colon.
    """
    return len(_NAME.findall(raw))


def marked(value: Any, found: Iterable[str], raw: bytes) -> bool:
    """Whether a secrecy mark lies in a value with these `names`, written as `raw`."""
    return has_secret(value) if secret_possible(raw) else any(map(secret_field, found))


def checked(value: Any, secret: bool) -> dict[str, Any]:
    """The fields, unless the value is secret or no object; raises Refusal."""
    if secret:
        raise Refusal(Reason.SECRET)
    if not isinstance(value, Mapping):
        raise Refusal(Reason.NOT_AN_EVENT)
    return dict(value)


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


def _encoded(record: bytes | str) -> bytes:
    try:
        return record.encode() if isinstance(record, str) else record
    except UnicodeEncodeError:
        raise Refusal(Reason.NOT_JSON) from None


def _repeated(raw: bytes) -> list[dict[str, Any]]:
    """The names written more than once in one object, with each of their values."""
    repeated: list[dict[str, Any]] = []
    try:
        json.loads(raw.decode(), object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except ValueError:
        raise Refusal(Reason.NOT_JSON) from None
    return repeated


def _object(pairs: list[tuple[str, Any]], repeated: list[dict[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated.extend({name: value} for name, value in pairs if counts[name] > 1)
    return fields
