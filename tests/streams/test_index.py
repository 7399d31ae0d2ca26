"""The hash index against a dict, and places against tuples."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.index import GOLDEN, Index
from streams.places import Places

GREATEST = 2**63 - 1
neighbours = st.integers(0, 50)
anything = st.integers(0, GREATEST)
places_in_buckets = st.builds(
    lambda place, bucket: place << 24 | bucket, st.integers(0, 9), st.integers(0, 99)
)
batches = st.lists(st.lists(neighbours | anything | places_in_buckets, max_size=60), max_size=8)


def check(batches: list[Any]) -> Index:
    index, known = Index(), {}
    for batch in batches:
        keys = np.array(batch, np.int64)
        numbers = index.numbers(keys)
        new = dict(zip(batch, numbers.tolist(), strict=True))
        assert {key: new[key] for key in new if key in known} == {
            key: known[key] for key in new if key in known
        }
        assert numbers.tolist() == [new[key] for key in batch], "repetitions have one number"
        known |= new
        assert sorted(known.values()) == list(range(len(known))) == list(range(index.size))
        assert {key: number for number, key in enumerate(index.keys.tolist())} == known
    return index


@settings(max_examples=60)
@given(batches)
def test_as_a_dict(batches: list[list[int]]) -> None:
    check(batches)


@pytest.mark.parametrize("sizes", [[511, 1, 1], [512, 1], [513], [0, 1, 5000, 3, 0], [100_000], [1] * 1500])
def test_growing(sizes: list[int]) -> None:
    random = np.random.default_rng(len(sizes))
    check([random.integers(0, GREATEST, size).tolist() for size in sizes])


def test_keys_that_all_want_one_slot() -> None:
    """Multiples of the inverse of the multiplier: their products are small, so the high bits are 0."""
    inverse = pow(int(GOLDEN), -1, 2**64)
    keys = [key for n in range(1, 1200) if (key := n * inverse % 2**64) <= GREATEST]
    assert len(keys) > 500
    check([keys[:300], keys[200:], keys[::-1]])


@settings(max_examples=60)
@given(st.integers(1, 5), st.data())
def test_places_are_tuples(width: int, data: st.DataObject) -> None:
    places, known = Places(width), {}
    code = (
        st.integers(0, 3) | st.integers(0, 2**31 - 1)
        if width == 1
        else st.integers(0, 3) | st.just(2**31 - 1)
    )
    for _ in range(3):
        tuples = data.draw(st.lists(st.tuples(*[code] * width), max_size=12))
        columns = [np.array([t[n] for t in tuples], np.int64) for n in range(width)]
        numbers = places.numbers(columns)
        assert numbers.tolist() == [
            known.setdefault(t, n) for t, n in zip(tuples, numbers.tolist(), strict=True)
        ]
        back = places.codes(numbers)
        assert [tuple(int(c[row]) for c in back) for row in range(len(tuples))] == tuples
    assert len(set(known.values())) == len(known)
