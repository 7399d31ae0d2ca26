"""Strings as dense numbers, and the verdict on each."""

import gc

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dossier import DOSSIER
from streams.dictionary import Dictionary
from streams.vocabulary import Words

texts = st.text(max_size=4) | st.sampled_from(["", "H51", "h51", "đ", "đ", "𝄞", "\x00", "H51 "])


@settings(max_examples=60)
@given(st.lists(st.lists(texts, max_size=20), max_size=5))
def test_dense_stable_and_back(batches: list[list[str]]) -> None:
    dictionary, known = Dictionary("first"), {"": 0, "first": 1}
    for batch in batches:
        codes = dictionary.codes(pl.Series(batch, dtype=pl.String))
        for text, code in zip(batch, codes.tolist(), strict=True):
            assert known.setdefault(text, code) == code
        assert dictionary.strings(codes).to_list() == batch
        assert dictionary.size == len(known) == max(known.values()) + 1
        assert sorted(known.values()) == list(range(len(known)))
    assert [dictionary.code(text) for text in known] == list(known.values())


def test_two_dictionaries_share_nothing_and_forget_nothing() -> None:
    one, other = Dictionary(), Dictionary()
    assert [one.code("a"), one.code("b"), other.code("b")] == [1, 2, 1]
    gc.collect()
    assert [one.code("b"), other.code("a")] == [2, 2]
    assert one.strings(np.array([2, 0, 1], np.uint32)).to_list() == ["b", "", "a"]


def test_a_word_is_judged_once_and_the_verdict_stays() -> None:
    words = Words(DOSSIER.by_name["agency"])
    batch = ["H51", "", "0912345678", "H51", " H51", "Tuyệt mật"]
    for _ in range(2):
        codes, allowed = words.codes(pl.Series(batch))
        assert allowed.tolist() == [True, False, False, True, False, False]
        assert codes[0] == codes[3]
    many = pl.Series([f"H{number}" for number in range(3000)] + batch)
    assert words.codes(many)[1].tolist() == [True] * 3000 + [True, False, False, True, False, False]


def test_of_a_code_table_only_its_codes_are_allowed() -> None:
    words = Words(DOSSIER.by_name["channel"])
    assert words.codes(pl.Series(["online", "fax", "", "counter"]))[1].tolist() == [True, False, False, True]
    assert words.codes(pl.Series([], dtype=pl.String))[1].tolist() == []
