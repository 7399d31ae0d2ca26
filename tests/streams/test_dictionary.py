"""Strings as dense numbers, and the verdict on each."""

import gc

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dossier import DOSSIER
from schemas.payment import PAYMENT
from streams.dictionary import Dictionary
from streams.structs import UNSET
from streams.vocabulary import ABSENT, REFUSED, Words

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
    batch = ["H51", "", "0912345678", "H51", " H51", "Tuyệt mật", None, UNSET]
    for _ in range(2):
        assert words.codes(batch).tolist() == [1, REFUSED, REFUSED, 1, REFUSED, REFUSED, 0, ABSENT]
    many = [f"H{number}" for number in range(3000)]
    assert words.dictionary.strings(words.codes(many).astype(np.uint32)).to_list() == many


def test_of_a_code_table_only_its_codes_are_allowed() -> None:
    words = Words(DOSSIER.by_name["channel"])
    assert words.codes(["online", "fax", "", "counter"]).tolist() == [1, REFUSED, REFUSED, 2]
    assert words.codes([]).tolist() == []


def test_keys_are_judged_each_time_and_not_remembered_one_by_one() -> None:
    words = Words(PAYMENT.by_name["dossier"])
    known, batch = len(words), ["H51-1", None, "0912345678", UNSET, "H51-2"]
    for _ in range(2):
        assert words.codes_of_keys(batch).tolist() == [1, 0, REFUSED, ABSENT, 2]
    assert len(words) == known
