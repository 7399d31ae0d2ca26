"""The tree as it was and as it is, against walks up the rows day by day."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference.agency import Agency, Successor
from schemas.reference.check_agencies import agency_mistakes
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import gather
from schemas.reference.tree import AgencyTree
from schemas.reference.value import BEGINNING, FOREVER
from tests.reference.tables import AGENCIES, SUCCESSORS, good

BEFORE, CHANGE, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1)


@pytest.fixture
def tree(tmp_path):
    return good(tmp_path, agencies=AGENCIES, successors=SUCCESSORS).tree


def below(tree, ancestor, day):
    return {
        b.descendant for b in tree.branches if b.ancestor == ancestor and b.valid_from <= day < b.valid_to
    }


def test_as_it_was(tree):
    old = {"P1", "P1.D", "P1.D.A", "P1.D.B"}
    assert below(tree, "P1", BEFORE) == old
    assert below(tree, "P1", AFTER) == old, "what comes late for an ended agency is not lost"
    assert below(tree, "P2", BEFORE) == below(tree, "P2", AFTER) == {"P2", "P2.K", "P2.N"}


def test_as_it_is(tree):
    seen = {code: tree.current(code) for code in ("P1", "P1.D", "P1.D.A", "P1.D.B", "P2.K", "elsewhere")}
    assert seen == {
        "P1": "P2",
        "P1.D": "P2.N",
        "P1.D.A": "P2.N",
        "P1.D.B": "P2.K",  # of equal shares the lowest code
        "P2.K": "P2.K",
        "elsewhere": "elsewhere",
    }
    assert {tree.current(code, BEFORE) for code in ("P1.D", "P1.D.A")} == {"P1.D", "P1.D.A"}
    assert tree.current("P1.D", CHANGE) == "P2.N"


@pytest.mark.parametrize(
    ("code", "depth", "above"),
    [
        ("P1.D.A", 1, "P1"),
        ("P1.D.A", 2, "P1.D"),
        ("P1.D.A", 9, "P1.D.A"),
        ("P1", 2, "P1"),
        ("P9.X.Y", 2, "P9.X"),
    ],
)
def test_above(tree, code, depth, above):
    assert tree.above(code, depth, BEFORE) == above


def test_above_is_by_the_day():
    moves = [{"parent": "A", "valid_to": CHANGE}, {"parent": "B", "valid_from": CHANGE}]
    tops = [Agency(code=code, name=code, level=AgencyLevel.PROVINCE) for code in "AB"]
    moved = [Agency(code="A.1", name="c", level=AgencyLevel.COMMUNE, **row) for row in moves]
    moved_tree = AgencyTree([*tops, *moved])
    assert [moved_tree.above("A.1", 1, day) for day in (BEFORE, CHANGE)] == ["A", "B"]


def test_shares_are_kept(tree):
    assert {
        (h.current, h.share, h.counted) for h in tree.heirs if h.code == "P1.D" and h.seen_to == FOREVER
    } == {
        ("P2.N", 0.6, True),
        ("P2.K", 0.4, False),
    }


def test_a_chain_of_mergers_and_an_end_without_successor(tmp_path):
    agencies = """code,name,level,parent,valid_from,valid_to
P,a,province,,,
P.1,b,commune,P,,2023-01-01
P.2,c,commune,P,,2025-01-01
P.3,d,commune,P,,
P.4,e,commune,P,,2025-01-01
P.2.x,f,branch,P.2,,2024-01-01
"""
    successors = "code,successor,share\nP.1,P.2,1\nP.2,P.3,0.7\nP.2,P,0.3\nP.4,,\nP.2.x,,\n"
    tree = good(tmp_path, agencies=agencies, successors=successors).tree
    days = [date(year, 6, 1) for year in (2022, 2023, 2024, 2025)]
    assert [tree.current("P.1", day) for day in days] == ["P.1", "P.2", "P.2", "P.3"]
    assert [tree.current("P.2.x", day) for day in days] == ["P.2.x", "P.2.x", "P.2", "P.3"]
    assert tree.current("P.4") == "P"


def test_an_agency_that_moves_has_its_place_day_by_day(tmp_path):
    agencies = """code,name,level,parent,valid_from,valid_to
P,a,province,,,
P.D,b,district,P,,2025-07-01
P.1,c,commune,P.D,2020-01-01,2025-07-01
P.1,c mới,commune,P,2025-07-01,
"""
    tree = good(tmp_path, agencies=agencies, successors="code\nP.D\n").tree
    assert "P.1" in below(tree, "P.D", date(2000, 1, 1)), "before it began its first place holds"
    assert "P.1" in below(tree, "P.D", BEFORE)
    assert "P.1" not in below(tree, "P.D", CHANGE)
    assert {"P.1", "P.D"} < below(tree, "P", CHANGE)
    assert tree.current("P.D") == "P"


def test_provinces_63_then_34():
    reference, wrong = gather([Path("provinces")])
    assert wrong == []
    assert not list(agency_mistakes(reference.agencies, reference.successors))
    held = [[a for a in reference.agencies if a.holds(day)] for day in (BEFORE, CHANGE)]
    assert [len(rows) for rows in held] == [63, 34]
    assert len({reference.tree.current(a.code) for a in held[0]}) == 34
    assert reference.tree.current("H51") == "H13"
    assert {a.certainty for a in reference.agencies} == {"V", "M"}


DAYS = st.integers(1, 60).map(lambda n: date(2024, 1, 1) + timedelta(days=n))


@st.composite
def histories(draw):
    """A province with communes that begin, move between districts, end and are shared out."""
    agencies = [Agency(code="P", name="p", level=AgencyLevel.PROVINCE)]
    agencies += [
        Agency(code=f"P.{d}", name="d", level=AgencyLevel.DISTRICT, parent="P", valid_to=CHANGE) for d in "DE"
    ]
    successors = [Successor(code=f"P.{d}", successor="P") for d in "DE"]
    ends = sorted(draw(st.lists(DAYS, max_size=5)))
    lasting = "P.Z"
    agencies.append(Agency(code=lasting, name="z", level=AgencyLevel.COMMUNE, parent="P"))
    codes = [f"P.{n}" for n in range(len(ends))]
    for n, (code, end) in enumerate(zip(codes, ends, strict=True)):
        moved = draw(st.one_of(st.none(), DAYS.filter(lambda day, end=end: day < end)))
        bounds = [BEGINNING, *([moved] if moved else []), end]
        for start, stop in pairwise(bounds):
            parent = draw(st.sampled_from(["P", "P.D", "P.E"]))
            row = Agency(
                code=code, name="c", level=AgencyLevel.COMMUNE, parent=parent, valid_from=start, valid_to=stop
            )
            agencies.append(row)
        later = [c for c, e in zip(codes[n + 1 :], ends[n + 1 :], strict=True) if e > end] + [lasting]
        heirs = draw(st.lists(st.sampled_from(later), min_size=1, max_size=2, unique=True))
        shares = [1.0] if len(heirs) == 1 else draw(st.sampled_from([[0.5, 0.5], [0.3, 0.7]]))
        successors += [
            Successor(code=code, successor=heir, share=share)
            for heir, share in zip(heirs, shares, strict=True)
        ]
    return agencies, successors


@given(histories(), DAYS)
def test_laws_of_any_history(history, day):
    agencies, successors = history
    assert list(agency_mistakes(agencies, successors)) == []
    tree = AgencyTree(agencies, successors)
    codes = {agency.code for agency in agencies}
    for code in codes:
        chain = sorted(
            (b.depth, b.ancestor)
            for b in tree.branches
            if b.descendant == code and b.valid_from <= day < b.valid_to
        )
        assert [ancestor for _, ancestor in chain] == walked(agencies, code, day)
        seen = [h for h in tree.heirs if h.code == code and h.seen_from <= day < h.seen_to]
        assert abs(sum(h.share for h in seen) - 1) < 1e-9
        assert [h.current for h in seen if h.counted] == [tree.current(code, day)]
        assert any(a.code == tree.current(code, day) and a.holds(day) for a in agencies)
        before = tree.current(code, day - timedelta(days=9))
        assert tree.current(before, day) == tree.current(code, day), "history goes on with whoever has it"


def walked(agencies, code, day):
    """Up the rows, taking of each code the row that is nearest to the day."""
    chain = []
    while code:
        rows = sorted((a for a in agencies if a.code == code), key=lambda a: a.valid_from)
        begun = [a for a in rows if a.valid_from <= day]
        row = begun[-1] if begun else rows[0]
        chain, code = [*chain, code], row.parent
    return chain
