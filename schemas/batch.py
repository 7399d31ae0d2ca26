"""A batch of events as one JSON array (CloudEvents JSON batch format): each item read with care by itself.

A bad item spoils no other. The array is parsed once; the record of an item is only written again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from schemas.event import Event, event_of, read
from schemas.record import RECORD_LIMIT, checked, json_value, marked, names, names_written
from schemas.refusal import Reason, Refusal


class NotABatchError(ValueError):
    """The JSON is no array."""


@dataclass(frozen=True, slots=True)
class Item:
    """A valid event with the record that says it: the sender's own JSON, or the same values written again."""

    event: Event
    record: bytes


def read_batch(body: bytes, now: int) -> list[Item | Refusal]:
    """Read a JSON array of events; `now` in microseconds since 1970 UTC.

    Raises Refusal if it is not JSON, NotABatchError if it is something else.
    """
    values = json_value(body)
    if not isinstance(values, list):
        raise NotABatchError
    found = [names(value) for value in values]
    if sum(map(len, found)) == names_written(body):
        return [_read(*each, now) for each in zip(values, found, strict=True)]
    # A name may be repeated: then only the text as it was written tells.
    return [_read_text(text, now) for text in _split(body.decode())]


def _read(value: Any, found: list[str], now: int) -> Item | Refusal:
    record = to_json(value)
    try:
        if len(record) > RECORD_LIMIT:
            raise Refusal(Reason.TOO_LARGE)
        return Item(event_of(checked(value, marked(value, found, record)), now), record)
    except Refusal as refusal:
        return refusal


def _read_text(text: bytes, now: int) -> Item | Refusal:
    try:
        return Item(read(text, now), text)
    except Refusal as refusal:
        return refusal


def _split(array: str) -> Iterator[bytes]:
    """The items of a JSON array, each as it was written."""
    decoder, blanks = json.JSONDecoder(), " \t\n\r"
    position = array.index("[") + 1
    while True:
        while array[position] in blanks or array[position] == ",":
            position += 1
        if array[position] == "]":
            return
        _, end = decoder.raw_decode(array, position)
        yield array[position:end].encode()
        position = end
