"""Registers: the greatest (version, value) stays, whatever the order; only what changed is told."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.column import LATEST_VERSION, Merge
from schemas.dossier import DOSSIER
from streams.dictionary import Dictionary
from streams.registers import Registers

ROWS = 4
COLUMNS = ("agency", "channel", "due_at", "fee_due", "waited_minutes", "original_due_at", "supplements")
VALUES: dict[str, list[Any]] = {
    "agency": ["", "H51", "H51.18", "đ", "z", "𝄞"],
    "channel": ["", "online", "counter"],
    "due_at": [0, 1, 2**52],
    "fee_due": [0, 1, 2],
    "waited_minutes": [-1, 0, 10**15 - 1],
    "original_due_at": [1, 5, 2**52],
    "supplements": [-1, 0, 3],
}
Statement = tuple[int, int, Any]


class Fixture:
    """Registers of one column, spoken to in plain values; beside it the rule in plain Python."""

    def __init__(self, name: str) -> None:
        self.column = DOSSIER.by_name[name]
        self.dictionary = Dictionary() if self.column.kind.is_string else None
        self.registers = Registers(self.column, self.dictionary)
        self.registers.grow(ROWS)
        first = bool(self.column.merge is Merge.MAX)
        self.expected: list[tuple[Any, ...]] = [(int(first), self.column.kind.unset)] * ROWS

    def merge(self, statements: list[Statement]) -> tuple[set[int], set[int]]:
        """Both ways; the rows that changed by each."""
        before = list(self.expected)
        for row, time, value in statements:
            version = {Merge.LAST: time, Merge.FIRST: LATEST_VERSION - time, Merge.MAX: 1}[self.column.merge]
            self.expected[row] = max(self.expected[row], (version, value), key=_rank)
        rows, times, values = zip(*statements, strict=True)
        codes = [self.dictionary.code(v) for v in values] if self.dictionary else values
        told = self.registers.merge(np.array(rows), np.array(times), np.array(codes, np.int64))
        return set(told.tolist()), {r for r in range(ROWS) if self.expected[r] != before[r]}

    def held(self) -> list[tuple[Any, ...]]:
        codes = self.registers.values(rows := np.arange(ROWS))
        values = (
            self.dictionary.strings(codes.astype(np.uint32)).to_list() if self.dictionary else codes.tolist()
        )
        versions = [1] * ROWS if self.column.merge is Merge.MAX else self.registers.versions(rows).tolist()
        return list(zip(versions, values, strict=True))


def _rank(held: tuple[Any, ...]) -> tuple[Any, ...]:
    version, value = held
    return version, value.encode() if isinstance(value, str) else value


def batches(name: str) -> st.SearchStrategy[list[list[Statement]]]:
    rows, times = st.integers(0, ROWS - 1), st.sampled_from([1, 2, 3, 10**15])
    statement = st.tuples(rows, times, st.sampled_from(VALUES[name]))
    return st.lists(st.lists(statement, min_size=1, max_size=8), max_size=4)


@pytest.mark.parametrize("name", COLUMNS)
@settings(max_examples=60)
@given(st.data())
def test_as_the_rule_says(name: str, data: st.DataObject) -> None:
    fixture = Fixture(name)
    for batch in data.draw(batches(name)):
        told, changed = fixture.merge(batch)
        assert fixture.held() == fixture.expected
        assert told == changed
        assert fixture.merge(batch)[0] == set(), "the second time nothing changes"


@pytest.mark.parametrize("name", COLUMNS)
@settings(max_examples=60)
@given(st.data())
def test_put_into_states_without_any_is_as_merged(name: str, data: st.DataObject) -> None:
    fixture, other = Fixture(name), Fixture(name)
    fixture.dictionary = other.dictionary
    fixture.registers, registers = Registers(fixture.column, other.dictionary), other.registers
    fixture.registers.grow(ROWS)
    for batch in data.draw(batches(name)):
        fixture.merge(batch)
    rows = np.array(data.draw(st.permutations(range(ROWS))), np.intp)
    rows = rows[[fixture.expected[row] != other.expected[row] for row in rows]]
    registers.put(rows, fixture.registers.versions(rows), fixture.registers.values(rows))
    assert other.held() == fixture.held()


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("stated", [[0], range(ROWS)], ids=["sparse", "dense"])
def test_growing_keeps_what_is_held_and_adds_what_is_unset(name: str, stated: Sequence[int]) -> None:
    fixture = Fixture(name)
    fixture.merge([(row, 7, VALUES[name][1 + row % 2]) for row in stated])
    held = fixture.held()
    for times in (2, 3):  # before the second time all rows are taken, if any are few
        fixture.registers.grow(times * ROWS)
        assert fixture.held() == held
        assert set(fixture.registers.values(np.arange(ROWS, times * ROWS)).tolist()) == {
            fixture.registers.unset
        }


@pytest.mark.parametrize("name", COLUMNS)
@settings(max_examples=60)
@given(st.data())
def test_those_that_are_kept_go_on_under_new_numbers(name: str, data: st.DataObject) -> None:
    fixture = Fixture(name)
    for batch in data.draw(batches(name)):
        fixture.merge(batch)
        kept = data.draw(st.sets(st.integers(0, ROWS - 1)).map(sorted))
        if data.draw(st.booleans()):
            fixture.registers.grow(ROWS)  # may lay a sparse column out
        fixture.registers.keep(np.array(kept, np.intp), ROWS)
        unset = (int(fixture.column.merge is Merge.MAX), fixture.column.kind.unset)
        fixture.expected = [fixture.expected[row] for row in kept] + [unset] * (ROWS - len(kept))
        assert fixture.held() == fixture.expected


@pytest.mark.parametrize("name", COLUMNS)
@settings(max_examples=60)
@given(st.data())
def test_equal_registers_have_equal_digests_and_others_not(name: str, data: st.DataObject) -> None:
    fixture = Fixture(name)
    for batch in data.draw(batches(name)):
        fixture.merge(batch)
    digests = fixture.registers.digests(np.arange(ROWS)).tolist()
    assert len(set(zip(fixture.expected, digests, strict=True))) == len(set(digests))
    assert len(set(fixture.expected)) == len(set(digests))
