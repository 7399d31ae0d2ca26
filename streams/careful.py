"""The slow path of decoding: events read one by one with the contract's models, then put into columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from pydantic_core import from_json

from schemas.event import Event, Stored, read
from schemas.privacy import AS_KEY, secret_value
from schemas.refusal import Reason, Refusal
from streams.facts import Facts
from streams.vocabulary import Vocabulary

SOURCE_LENGTH = 200
PERSONAL = re.compile(f"{AS_KEY}|@")


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was not folded: where it lies in its batch, who sent it as far as known, and why."""

    position: int
    source: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Read:
    """An event with its position in the batch."""

    position: int
    event: Event


def read_all(
    values: Sequence[bytes | None], positions: Iterable[int], topic: str, now: int
) -> tuple[list[Read], list[Refused]]:
    """Read the records at these positions."""
    events, refused = [], []
    for position in positions:
        try:
            event = read(values[position], now)
            if event.entity.topic != topic:
                raise Refusal(Reason.WRONG_TOPIC, "type", event.type)
            events.append(Read(position, event))
        except Refusal as refusal:
            refused.append(Refused(position, _source(values[position]), refusal))
    return events, refused


def _source(value: bytes | None) -> str:
    try:
        source = from_json(value or b"{}")["source"]
    except (ValueError, KeyError, TypeError):
        return ""
    if not isinstance(source, str) or len(source) > SOURCE_LENGTH or not source.startswith("/"):
        return ""
    telling = secret_value(source) or PERSONAL.search(source) or not source.isascii()
    return "" if telling else source


def facts_of(events: Sequence[Read], vocabulary: Vocabulary) -> list[Facts]:
    """Put events into columns, entity by entity."""
    groups: dict[str, list[Read]] = {}
    for item in events:
        groups.setdefault(item.event.entity.name, []).append(item)
    return [_facts(group, vocabulary) for group in groups.values()]


def _facts(group: Sequence[Read], vocabulary: Vocabulary) -> Facts:
    entity = group[0].event.entity
    facts = Facts(
        entity,
        pl.Series([item.event.subject for item in group], dtype=pl.String),
        np.array([item.event.time for item in group], np.int64),
        np.array([item.position for item in group], np.intp),
    )
    stated: dict[str, list[tuple[int, Stored]]] = {}
    for row, item in enumerate(group):
        for name, value in item.event.registers.items():
            stated.setdefault(name, []).append((row, value))
    for name, pairs in stated.items():
        values = [value for _, value in pairs]
        if entity.by_name[name].kind.is_string:
            codes = vocabulary.dictionary(entity.name, name).codes(pl.Series(values, dtype=pl.String))
            column = codes.astype(np.int64)
        else:
            column = np.array(values, np.int64)
        facts.state(name, np.array([row for row, _ in pairs], np.intp), column)
    return facts
