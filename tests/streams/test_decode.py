"""Both ways of decoding accept, refuse and yield the same; the careful reader is the authority."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.column import Column
from schemas.contract import TOPICS, TYPES
from schemas.event import read
from schemas.refusal import Refusal
from streams.careful import Refused
from streams.decode import Decoded, Decoder
from streams.plain import PlainReader
from streams.vocabulary import Vocabulary
from tests.mutations import broken_records, mutated_events
from tests.strategies import NOW, records

Fact = tuple[str, int, dict[str, Any]]


def facts_of(decoded: Decoded, vocabulary: Vocabulary) -> dict[int, Fact]:
    """By position: subject, time and registers, in stored form."""
    result: dict[int, Fact] = {}
    for name, facts in decoded.facts.items():
        for row, position in enumerate(facts.positions):
            result[int(position)] = (facts.subjects[row], int(facts.times[row]), {})
        for column in facts.registers:
            stated = facts.stated(column)
            texts = strings(facts.entity.by_name[column], stated.values, name, vocabulary)
            for row, value in zip(stated.rows, texts, strict=True):
                registers = result[int(facts.positions[row])][2]
                assert column not in registers
                registers[column] = value
    return result


def strings(column: Column, values: Any, entity: str, vocabulary: Vocabulary) -> list[Any]:
    if not column.kind.is_string:
        return [int(value) for value in values]
    return vocabulary.dictionary(entity, column.name).strings(values.astype(np.uint32)).to_list()


def expected(records: Sequence[bytes], topic: str) -> tuple[dict[int, Fact], dict[int, tuple[str, str]]]:
    accepted: dict[int, Fact] = {}
    refused: dict[int, tuple[str, str]] = {}
    for position, record in enumerate(records):
        try:
            event = read(record, NOW)
        except Refusal as refusal:
            refused[position] = (refusal.reason.code, refusal.field)
            continue
        if event.entity.topic == topic:
            accepted[position] = (event.subject, event.time, dict(event.registers))
        else:
            refused[position] = ("wrong_topic", "type")
    return accepted, refused


def reasons(refused: Sequence[Refused]) -> dict[int, tuple[str, str]]:
    return {item.position: (item.refusal.reason.code, item.refusal.field) for item in refused}


MUTATED = mutated_events().map(lambda event: json.dumps(event).encode())
BATCHES = st.lists(records() | MUTATED | broken_records(), max_size=30)


@given(BATCHES, st.sampled_from(TOPICS))
def test_the_fast_path_agrees_with_the_careful_reader(batch: list[bytes], topic: str) -> None:
    vocabulary = Vocabulary()
    decoded = Decoder(topic, vocabulary).decode(batch, NOW)
    accepted, refused = expected(batch, topic)
    assert reasons(decoded.refused) == refused
    assert facts_of(decoded, vocabulary) == accepted
    assert sorted(decoded.events["position"]) == sorted(accepted)


@pytest.mark.parametrize("type_", TYPES)
def test_valid_events_take_the_fast_path(type_: str) -> None:
    """Else the speed is gone without anyone noticing: the careful reader is not needed for plain events."""
    kind = TYPES[type_]
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/h51/one-stop",
        "type": type_,
        "subject": "H51.18-220701-0001",
        "time": "2022-07-01T08:15:00+07:00",
        "datacontenttype": "application/json",
        "data": {
            name: {"by": "agency", "satisfied": True, "reason": "typo"}[name] for name in kind.event.required
        },
    }
    if kind.entity.lies_with:
        event["partitionkey"] = "H51.18-220701-0002"
    record = json.dumps(event).encode()
    assert read(record, NOW)
    (plain,) = PlainReader(kind.entity.topic, Vocabulary()).read([record], NOW)
    assert plain.facts.positions.tolist() == [0]
