"""Instants as arrays of bytes, against the contract's own parser."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.instant import parse_instant
from streams.instants import NOT_TAKEN
from streams.times import Times
from tests.mutations import BAD_TIMES
from tests.strategies import EDGES, times


def careful(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError:
        return NOT_TAKEN


def fast(*texts: str) -> list[int]:
    times = Times()
    times.add(texts)
    result: list[int] = times.instants().tolist()
    return result


@st.composite
def near_times(draw: st.DrawFn) -> str:
    """Every field near the edges of what is allowed, and now and then another sign in one place."""
    year = draw(st.sampled_from([1989, 1990, 1999, 2000, 2022, 2024, 2096, 2099, 2100]))
    month, day = draw(st.integers(0, 13)), draw(st.sampled_from([0, 1, 28, 29, 30, 31, 32]))
    hour, minute, second = (draw(st.sampled_from([0, 1, 22, 23, 24, 59, 60])) for _ in range(3))
    zone = f"{draw(st.sampled_from('+-'))}{draw(st.sampled_from([0, 7, 14, 23, 24])):02}"
    zone += f":{draw(st.sampled_from([0, 30, 59, 60])):02}"
    fraction = draw(st.sampled_from(["", "."]) | st.text("0159", min_size=1, max_size=10).map(".".__add__))
    text = f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}"
    text += draw(st.sampled_from(["Z", zone, zone]))
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(st.sampled_from("0/:9 -+.TtZzđ")) + text[at + 1 :]
    return text


@settings(max_examples=150)
@given(
    st.lists(near_times() | times() | st.sampled_from(BAD_TIMES + EDGES) | st.text(max_size=30), max_size=40)
)
def test_what_is_taken_is_what_the_contract_says(texts: list[str]) -> None:
    """What is not taken is left to the careful reader, so only that may differ."""
    for text, taken in zip(texts, fast(*texts), strict=True):
        assert taken in (careful(text), NOT_TAKEN), text


PLAIN = [f"{y}-{m:02}-{d:02}" for y in (1990, 2000, 2022, 2024, 2099) for m in range(1, 13) for d in (1, 28)]


@pytest.mark.parametrize("fraction", ["", *(f".{'123456'[:digits]}" for digits in range(1, 7))])
@pytest.mark.parametrize("zone", ["Z", "+07:00", "-11:30", "+00:00", "+23:59"])
def test_the_plain_forms_are_taken(fraction: str, zone: str) -> None:
    """Else the speed is gone without anyone noticing."""
    texts = [f"{day}T23:59:59{fraction}{zone}" for day in [*PLAIN, "2000-02-29", "2024-02-29", "2024-12-31"]]
    assert fast(*texts) == [parse_instant(text) for text in texts]
    assert NOT_TAKEN not in fast(*texts)


@pytest.mark.parametrize(
    "day", ["2022-02-29", "2023-04-31", "2022-13-01", "2022-00-10", "2022-01-00", "1900-02-29"]
)
def test_days_that_do_not_exist(day: str) -> None:
    assert fast(f"{day}T08:00:00Z") == [NOT_TAKEN]


def test_nothing() -> None:
    assert fast() == []
    assert fast("", "2022") == [NOT_TAKEN, NOT_TAKEN]


def test_texts_of_all_forms_keep_their_places() -> None:
    texts: list[Any] = [*EDGES, "x", "2022-07-01T08:15:00+07:00", "", "2022-07-01T01:15:00.5Z", "ậ" * 7]
    assert fast(*texts) == [careful(text) for text in texts]
