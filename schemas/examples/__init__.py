"""Example events, valid and invalid, with what they state or why they are refused.

`<entity>/<event>.json` is a list of {"name", "event", "registers" | "refusal"}: registers in readable form
(times in RFC 3339, true and false, null for a cleared one), a refusal as its reason code and field.
`refused.json` has what is refused whatever the type is; `record` there is a record as text. Senders in any
language can test themselves against these files.
"""

import json
from importlib.resources import files
from typing import Any

from schemas.column import Column, Kind
from schemas.contract import TYPES
from schemas.event import Stored
from schemas.instant import to_datetime

Example = dict[str, Any]


def of_type(type_: str) -> list[Example]:
    """The examples of one event type."""
    entity, event = TYPES[type_]
    return _load(f"{entity.name}/{event.name}.json")


def refused() -> list[Example]:
    """What is refused whatever the type."""
    return _load("refused.json")


def readable(column: Column, stored: Stored) -> str | int | bool | None:
    """A stored value as the examples write it."""
    if stored == column.kind.unset:
        return None
    if column.kind is Kind.TIME:
        return to_datetime(int(stored)).isoformat()
    return stored == 2 if column.kind is Kind.FLAG else stored


def _load(name: str) -> list[Example]:
    return list(json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8")))
