"""How much a client may send, and in which language it is told."""

import pytest

from web.limits import RateLimit
from web.problem import Problem
from web.words import Words, language


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_told(limit: RateLimit, cost: float, client: str = "a") -> int:
    """The seconds that it is told to wait, 0 if it need not."""
    try:
        limit.take(client, cost)
    except Problem as problem:
        return int(problem.headers["Retry-After"]) if problem.kind.status == 429 else -1
    return 0


def test_ten_seconds_worth_at_once_and_then_as_it_comes() -> None:
    clock = Clock()
    limit = RateLimit(10, clock)
    assert wait_told(limit, 100) == 0
    assert wait_told(limit, 1) == 1
    assert wait_told(limit, 35) == 4
    assert wait_told(limit, 100, "another") == 0
    clock.now = 3.4
    assert wait_told(limit, 35) == 1
    clock.now = 3.5
    assert wait_told(limit, 35) == 0
    assert wait_told(limit, 1) == 1


def test_more_than_the_bucket_holds_is_let_through_when_it_is_full_and_earned_afterwards() -> None:
    clock = Clock()
    limit = RateLimit(10, clock)
    assert wait_told(limit, 250) == 0
    assert wait_told(limit, 0) == 15
    clock.now = 15.0
    assert wait_told(limit, 0) == 0
    assert wait_told(limit, 250) == 10


def test_waiting_as_long_as_told_is_enough() -> None:
    clock = Clock()
    limit = RateLimit(7, clock)
    for cost in (70, 13, 500, 1):
        if seconds := wait_told(limit, cost):
            clock.now += seconds
            assert wait_told(limit, cost) == 0


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("", ""),
        ("vi", "vi"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, vi;q=0.3, en;q=0.2", "vi"),
        ("en;q=0, vi;q=0.1", "vi"),
        ("EN", "en"),
        ("*", ""),
        ("en;q=x", ""),
        (";;,,=", ""),
    ],
)
def test_the_language_is_the_one_preferred(accepted: str, wanted: str) -> None:
    assert language(accepted) == wanted


def test_vietnamese_comes_first_where_neither_is_preferred() -> None:
    words = Words("có", "yes")
    assert (words.said("vi"), words.said("en"), words.said("")) == ("có", "yes", "có / yes")
