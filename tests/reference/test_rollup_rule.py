"""Roll-ups of random trees: both stores add up what the rule says cell by cell."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reference.agency import Agency, Successor
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import Reference
from schemas.reference.tree import AgencyTree
from schemas.selection import By, Days, Scope, Tree
from serving.frame_counts import FrameCounts
from tests.reference.rollups import both_sums, cells, stored
from tests.reference.test_tree import walked

CHANGE = date(2025, 7, 1)
CODES = ["P", "P.D", "P.E", "P.1", "P.2", "P.3", "P.1.z", "Q", "Q.1"]
DAYS = st.dates(date(2025, 6, 28), date(2025, 7, 4))


@st.composite
def worlds(draw):
    """A tree whose communes move about, cells, and scopes to ask for."""
    change = st.dates(date(2025, 6, 29), date(2025, 7, 1))
    agencies = [Agency(code="P", name="p", level=AgencyLevel.PROVINCE)]
    agencies += [
        Agency(code=f"P.{d}", name="d", level=AgencyLevel.DISTRICT, parent="P", valid_to=CHANGE) for d in "DE"
    ]
    successors = []
    for code in ("P.1", "P.2"):
        moved = draw(change)
        first = Agency(
            code=code,
            name="c",
            level=AgencyLevel.COMMUNE,
            parent=draw(st.sampled_from(["P", "P.D", "P.E"])),
            valid_to=moved,
        )
        later = Agency(code=code, name="c", level=AgencyLevel.COMMUNE, parent="P", valid_from=moved)
        agencies += [first, later] if draw(st.booleans()) else [first]
        if agencies[-1] is first:
            successors.append((code, draw(st.sampled_from(["P", ""]))))
    named = [{"code": "P.D", "successor": ""}, {"code": "P.E", "successor": "P"}]
    named += [{"code": code, "successor": heir} for code, heir in successors]
    rows = st.tuples(st.sampled_from(CODES), DAYS, st.integers(1, 9), DAYS)
    scopes = st.builds(
        Scope,
        st.sampled_from([None, *CODES]),
        st.booleans(),
        st.sampled_from(Tree),
        st.one_of(st.none(), DAYS),
        only=st.just(()),  # these cells have no procedure, field or kind
    )
    return (
        Reference({"agencies": tuple(agencies), "successors": tuple(Successor(**row) for row in named)}),
        draw(st.lists(rows, min_size=1, max_size=12)),
        draw(st.lists(scopes, min_size=1, max_size=4)),
    )


def covered(scope, tree, agencies, agency, day):
    """Whether a cell belongs to a scope, and under which code: the rule said cell by cell."""
    if scope.tree is Tree.NOW:
        agency = tree.current(agency, scope.on or date(2149, 6, 5))
    on = scope.on or (day if scope.tree is Tree.THEN else date(2149, 6, 5))
    if scope.agency is None:
        return agency
    if scope.self_only:
        return agency if agency == scope.agency else None
    by_code = f"{agency}.".startswith(f"{scope.agency}.")
    if tree.knows(scope.agency) and tree.knows(agency):
        return agency if scope.agency in walked(agencies, agency, on) else None
    return agency if by_code else None


@given(worlds(), st.sampled_from([None, By.AGENCY, By.DAY]), st.booleans())
@settings(max_examples=15)
def test_both_stores_are_what_the_rule_says(world, by, cohorts):
    reference, rows, scopes = world
    tree = AgencyTree(reference.agencies, reference.successors)
    found = cells(*rows)
    counts = FrameCounts(found.hourly, found.daily, tree), stored(reference, found)
    for scope in scopes:
        expected = {}
        for agency, day, value, cohort in rows:
            code = covered(scope, tree, reference.agencies, agency, cohort if cohorts else day)
            if code is not None:
                key = code if by is By.AGENCY else day.isoformat() if by else ""
                expected[key] = expected.get(key, 0) + value
        found = both_sums(counts, scope, by=by, cohorts=Days(None, None) if cohorts else None)
        assert found == expected, scope
