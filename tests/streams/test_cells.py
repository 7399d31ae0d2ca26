"""Cells against a dict: absolute values, each change told once."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cells import Cells, Counted

MEASURES = 3
Key = tuple[int, int, int]

change = st.tuples(
    st.integers(0, 4), st.integers(0, 5), st.integers(0, MEASURES - 1), st.integers(-3, 10**15)
)
changes = st.lists(change, max_size=15)


def add(cells: Cells, made: list[tuple[int, int, int, int]]) -> None:
    for number in range(MEASURES):
        ours = [c for c in made if c[2] == number]
        places, buckets, amounts = (np.array([c[n] for c in ours], np.int64) for n in (0, 1, 3))
        cells.add(number, cells.rows(places, buckets), amounts)


def told(counted: Counted) -> dict[Key, int]:
    columns = (counted.places, counted.buckets, counted.measures)
    keys = list(zip(*(column.tolist() for column in columns), strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, counted.values.tolist(), strict=True))


@settings(max_examples=60)
@given(st.lists(changes, max_size=5))
def test_as_a_dict_and_each_change_is_told_once(turns: list[list[tuple[int, int, int, int]]]) -> None:
    cells, held = Cells(MEASURES), dict[Key, int]()
    for turn in turns:
        add(cells, turn)
        for place, bucket, measure, amount in turn:
            held[place, bucket, measure] = held.get((place, bucket, measure), 0) + amount
        changed = {(place, bucket, measure) for place, bucket, measure, _ in turn}
        assert told(cells.take_changed()) == {key: held[key] for key in changed}
        assert told(cells.take_changed()) == {}


@settings(max_examples=60)
@given(
    changes,
    st.dictionaries(st.tuples(*[st.integers(0, 2)] * 3), st.integers(-3, 3), max_size=9),
    st.integers(0, 2),
)
def test_after_reconciling_the_changed_are_those_that_a_store_has_not(
    made: list[tuple[int, int, int, int]], stored: dict[Key, int], bucket: int
) -> None:
    cells = Cells(MEASURES)
    add(cells, made)
    held = dict.fromkeys(stored, 0) | told(cells.take_changed())
    places, buckets, measures = (np.array([key[n] for key in stored], np.int64) for n in range(3))
    values = np.array(list(stored.values()), np.int64)
    rows = cells.rows(places, buckets)
    _, all_buckets, _ = cells.table()
    inside = {key: v for key, v in held.items() if key[1] == bucket}
    ours = buckets == bucket
    cells.reconcile(all_buckets == bucket, measures[ours], rows[ours], values[ours])
    assert told(cells.take_changed()) == {key: v for key, v in inside.items() if v != stored.get(key, 0)}


def test_many_cells_grow_and_stay() -> None:
    cells = Cells(1)
    for start in range(0, 30_000, 7_000):
        places = np.arange(start, start + 7_000)
        cells.add(0, cells.rows(places, places % 24), places)
    counted = told(cells.take_changed())
    assert len(counted) == 35_000
    assert all(value == place for (place, _, _), value in counted.items())
