"""Small numbers that are hidden cannot be worked out from those that are shown."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from serving.disclosure import hidden, totals

MINIMUM = 5


@st.composite
def trees(draw):
    """Agencies with parents that come before them, and what each counts itself."""
    size = draw(st.integers(1, 14))
    parents = {"0": ""}
    for number in range(1, size):
        parents[str(number)] = str(draw(st.integers(0, number - 1)))
    numbers = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 40])
    return parents, {code: draw(numbers) for code in parents}


def equations(parents, own, secret):
    """What an attacker knows: every sum, all that is shown, and every own number that is not small.

    Rows of coefficients of the unknowns: hidden totals, and small own numbers.
    """
    total = totals(parents, own)
    small = [("own", code) for code in parents if 0 < own[code] < MINIMUM]
    unknowns = [("total", code) for code in sorted(secret)] + small
    rows = []
    for parent in parents:
        children = [code for code, above in parents.items() if above == parent and total[code]]
        if children:
            row = [0] * len(unknowns)
            for kind, code, sign in [("total", parent, 1), ("own", parent, -1)] + [
                ("total", c, -1) for c in children
            ]:
                if (kind, code) in unknowns:
                    row[unknowns.index((kind, code))] = sign
            rows.append(row)
    return unknowns, rows


def solved(unknowns, rows):
    """The unknowns that the equations determine: those whose unit vector lies in their span."""
    reduced, pivots = [[Fraction(x) for x in row] for row in rows], []
    for column in range(len(unknowns)):
        free = [r for r in range(len(pivots), len(reduced)) if reduced[r][column]]
        if not free:
            continue
        top = len(pivots)
        reduced[top], reduced[free[0]] = reduced[free[0]], reduced[top]
        reduced[top] = [x / reduced[top][column] for x in reduced[top]]
        for r, row in enumerate(reduced):
            if r != top and row[column]:
                reduced[r] = [x - row[column] * y for x, y in zip(row, reduced[top], strict=True)]
        pivots.append(column)
    alone = [row for row in reduced[: len(pivots)] if sum(1 for x in row if x) == 1]
    return {unknowns[next(i for i, x in enumerate(row) if x)] for row in alone}


def nearest_shown(code, parents, secret):
    """The shown agency next above one, or the top."""
    above = parents[code]
    while above in secret and parents[above]:
        above = parents[above]
    return above


@given(trees())
def test_no_hidden_number_can_be_solved_for(tree):
    parents, own = tree
    secret = hidden(parents, own, MINIMUM)
    assert not solved(*equations(parents, own, secret))


@given(trees())
def test_no_small_number_is_shown_and_no_small_sum_follows(tree):
    parents, own = tree
    total, secret = totals(parents, own), hidden(parents, own, MINIMUM)
    for code, number in total.items():
        assert code in secret or number == 0 or number >= MINIMUM
        children = [c for c, above in parents.items() if above == code and total[c]]
        if children and code not in secret:
            rest = [total[c] for c in children if c in secret]
            rest += [own[code]] if 0 < own[code] < MINIMUM else []
            assert sum(rest) == 0 or sum(rest) >= MINIMUM


@given(trees())
def test_what_is_hidden_under_a_shown_total_is_no_small_sum_at_any_depth(tree):
    parents, own = tree
    total, secret = totals(parents, own), hidden(parents, own, MINIMUM)
    inner = {parents[code] for code in parents if total[code]}
    known = {code: own[code] if own[code] >= MINIMUM and code in inner else 0 for code in parents}
    rest = {code: total[code] - known[code] for code in parents}
    for code in parents:
        if parents[code]:
            less = known[code] if code in secret else total[code]
            rest[nearest_shown(code, parents, secret)] -= less
    assert all(not 0 < rest[code] < MINIMUM for code in parents if code not in secret and code in inner)


@given(trees())
def test_what_is_large_everywhere_is_shown(tree):
    parents, own = tree
    large = {code: number * MINIMUM for code, number in own.items()}
    assert hidden(parents, large, MINIMUM) == frozenset()


def test_the_attack_finds_what_plain_suppression_gives_away():
    parents = {"province": "", "a": "province", "b": "province", "c": "province"}
    own = {"province": 0, "a": 2, "b": 30, "c": 50}
    naive = frozenset({"a"})
    assert solved(*equations(parents, own, naive)) == {("total", "a")}
    assert hidden(parents, own, MINIMUM) == {"a", "b"}  # the smallest sibling goes with it


def test_an_offices_own_small_number_is_no_difference_either():
    parents = {"commune": "", "branch": "commune", "other": "commune"}
    own = {"commune": 1, "branch": 20, "other": 30}
    assert hidden(parents, own, MINIMUM) == {"branch"}


def test_a_hidden_agency_does_not_give_away_the_small_ones_of_two_levels_together():
    parents = {"province": "", "ward": "province", "town": "province", "a": "town", "b": "town"}
    own = {"province": 0, "ward": 1, "town": 0, "a": 2, "b": 60}
    assert hidden(parents, own, MINIMUM) == {"ward", "town", "a", "b"}  # province - b would be 3
