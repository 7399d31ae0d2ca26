"""The limits on refusing, against a window moved record by record; where batches end does not matter."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.refusals import WINDOW, Limits
from streams.shard import Fatal, Shard

SHARD = Shard("reform.dossiers", 3)


def stopped(records: list[bool], cuts: list[int], ratio: float, run: int) -> bool:
    limits = Limits(SHARD, ratio, run)
    edges = sorted({0, len(records), *(cut for cut in cuts if cut < len(records))})
    try:
        for start, end in pairwise(edges):
            limits.check(np.array(records[start:end], bool), "why")
            limits.check(np.zeros(0, bool), "")
    except Fatal:
        return True
    return False


def naively_stopped(records: list[bool], ratio: float, run: int) -> bool:
    length = 0
    for number, refused in enumerate(records, 1):
        length = length + 1 if refused else 0
        window = records[max(0, number - WINDOW) : number]
        if length >= run or (len(window) == WINDOW and sum(window) > ratio * WINDOW):
            return True
    return False


stretches = st.lists(
    st.tuples(st.lists(st.booleans(), min_size=1, max_size=4), st.integers(1, 400)), min_size=1, max_size=8
)


@settings(max_examples=150)
@given(
    stretches,
    st.lists(st.integers(0, 4000), max_size=6),
    st.sampled_from([0.001, 0.25, 0.5, 0.75, 1.0]),
    st.sampled_from([1, 7, 400, 900, 10_000]),
)
def test_as_by_a_window_moved_one_by_one(
    parts: list[tuple[list[bool], int]], cuts: list[int], ratio: float, run: int
) -> None:
    records = [refused for pattern, times in parts for refused in pattern * times]
    assert stopped(records, cuts, ratio, run) == naively_stopped(records, ratio, run)


def test_a_full_window_is_looked_at_even_if_it_ends_with_a_good_record() -> None:
    records = [True, False] * 300 + [True] * 350 + [False] * 50
    assert stopped(records, [950], 0.5, 10_000)


def test_few_records_are_given_the_time() -> None:
    assert not stopped([True] * (WINDOW - 1), [], 0.5, WINDOW)


def test_the_message_names_the_shard_the_reason_and_the_way_out() -> None:
    with pytest.raises(Fatal, match=r"reform\.dossiers, partition 3: 5 records .* why .* dead_letter_run"):
        Limits(SHARD, 0.5, 5).check(np.ones(5, bool), "why")
    limits = Limits(SHARD, 0.5, 10_000)
    limits.check(np.ones(WINDOW - 1, bool), "the last reason")
    with pytest.raises(Fatal, match="the last reason"):
        limits.check(np.zeros(1, bool), "")
