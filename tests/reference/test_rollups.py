"""Sums over subtrees as the tree was and as it is, from both stores; of random trees: test_rollup_rule."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from schemas.instant import VIETNAM
from schemas.reference.tables import Reference, gather
from schemas.selection import By, Scope, Tree
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period
from sinks.clickhouse.reference import unknown_agencies
from tests.reference.rollups import both_sums, cells, stored
from tests.reference.tables import AGENCIES, CATALOGUE, SUCCESSORS, good

MOVES = "P2.M,Xã chuyển,commune,P1.D,,2025-07-01\nP2.M,Xã chuyển,commune,P2,2025-07-01,\n"


BEFORE, AFTER, LATE = date(2025, 6, 1), date(2025, 8, 1), date(2025, 7, 2)
CELLS = [
    ("P1", BEFORE, 1),
    ("P1.D", BEFORE, 2),
    ("P1.D.A", BEFORE, 4),
    ("P1.D.B", BEFORE, 8),
    ("P1.D.A", LATE, 16),  # comes late for an agency that has ended
    ("P2.M", BEFORE, 32),
    ("P2.M", AFTER, 64),
    ("P2.N", AFTER, 128),
    ("P2.K", AFTER, 256),
    ("P1.D.X", AFTER, 512),  # the tree does not know it
    ("P3.Y", AFTER, 1024),
]
ALL = sum(value for _, _, value in CELLS)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    agencies = AGENCIES + MOVES
    reference = good(tmp_path_factory.mktemp("tree"), agencies=agencies, successors=SUCCESSORS)
    found = cells(*CELLS)
    return FrameCounts(found.hourly, found.daily, reference.tree), stored(reference, found)


def whole(both, *scope):
    return both_sums(both, Scope(*scope)).get("", 0)


class TestAsItWas:
    @pytest.mark.parametrize(
        ("agency", "value"),
        [
            ("P1", 1 + 2 + 4 + 8 + 16 + 32 + 512),
            ("P1.D", 2 + 4 + 8 + 16 + 32 + 512),
            ("P1.D.A", 4 + 16),
            ("P2", 64 + 128 + 256),
            ("P2.M", 32 + 64),
            ("P1.D.X", 512),
            ("P3", 1024),
            ("P9", 0),
        ],
    )
    def test_a_subtree(self, both, agency, value):
        assert whole(both, agency) == value

    def test_provinces_add_up_to_all(self, both):
        assert sum(whole(both, province) for province in ("P1", "P2", "P3")) == ALL == whole(both)

    def test_alone(self, both):
        assert whole(both, "P1.D", True) == 2

    def test_by_hour_the_same(self, both):
        assert sum(both_sums(both, Scope("P1"), by=By.HOUR).values()) == whole(both, "P1")
        assert sum(both_sums(both, Scope("P2"), by=By.HOUR).values()) == whole(both, "P2")

    def test_by_agency_as_the_counts_name_them(self, both):
        parts = both_sums(both, Scope("P1.D"), by=By.AGENCY)
        assert parts == {"P1.D": 2, "P1.D.A": 20, "P1.D.B": 8, "P2.M": 32, "P1.D.X": 512}

    def test_by_the_tree_of_one_day(self, both):
        assert whole(both, "P1", False, Tree.THEN, BEFORE) == 1 + 2 + 4 + 8 + 16 + 32 + 64 + 512
        assert whole(both, "P2", False, Tree.THEN, AFTER) == 32 + 64 + 128 + 256


class TestAsItIs:
    @pytest.mark.parametrize(
        ("agency", "value"),
        [
            ("P1", 512),  # only what the tree does not know; its own history has moved
            ("P1.D.A", 0),
            ("P2", 1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256),
            ("P2.N", 2 + 4 + 16 + 128),
            ("P2.K", 8 + 256),  # of two halves all goes to the lower code
            ("P2.M", 32 + 64),
            ("P3", 1024),
        ],
    )
    def test_a_subtree(self, both, agency, value):
        assert whole(both, agency, False, Tree.NOW) == value

    def test_nothing_is_counted_twice_and_nothing_lost(self, both):
        parts = both_sums(both, Scope(tree=Tree.NOW), by=By.AGENCY)
        assert parts == {"P2": 1, "P2.N": 150, "P2.K": 264, "P2.M": 96, "P1.D.X": 512, "P3.Y": 1024}
        assert sum(parts.values()) == ALL

    def test_seen_before_the_change(self, both):
        assert whole(both, "P1.D", False, Tree.NOW, date(2025, 6, 30)) == 2 + 4 + 8 + 16 + 32 + 64 + 512
        assert whole(both, "P2.N", False, Tree.NOW, date(2025, 6, 30)) == 128

    def test_alone(self, both):
        assert whole(both, "P2.N", True, Tree.NOW) == 2 + 4 + 16 + 128


def test_without_a_tree_codes_decide(both):
    found = cells(*CELLS)
    reference = Reference()
    counts = FrameCounts(found.hourly, found.daily), stored(reference, found)
    try:
        for tree in Tree:
            assert whole(counts, "P1", False, tree) == 1 + 2 + 4 + 8 + 16 + 512
    finally:
        both[1]._client.command("TRUNCATE TABLE reference_versions SYNC")


INTO, OUT_OF = next(f.flows for f in CATALOGUE.stocks if f.name == "dossiers_pending")
MOVED = (
    ("P2.M", BEFORE, 10, date(1970, 1, 1), INTO.measure),
    ("P2.M", AFTER, 4, date(1970, 1, 1), OUT_OF.measure),
)


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    reference = good(tmp_path_factory.mktemp("moved"), agencies=AGENCIES + MOVES, successors=SUCCESSORS)
    found = cells(*MOVED)
    return FrameCounts(found.hourly, found.daily, reference.tree), stored(reference, found)


class TestRows:
    """Received less ended must stay right when a commune moves from one agency to another."""

    @pytest.mark.parametrize("which", [0, 1], ids=["memory", "clickhouse"])
    @pytest.mark.parametrize(
        ("agency", "end", "tree", "pending"),
        [
            ("P1.D", date(2025, 7, 1), Tree.THEN, 10),
            ("P2", date(2025, 7, 1), Tree.THEN, 0),
            ("P1.D", date(2025, 9, 1), Tree.THEN, 0),
            ("P2", date(2025, 9, 1), Tree.THEN, 6),
            ("P2", date(2025, 7, 1), Tree.NOW, 10),
            ("P1", date(2025, 9, 1), Tree.NOW, 0),
        ],
    )
    def test_a_stock_is_by_the_tree_of_its_moment(self, moved, which, agency, end, tree, pending):
        period, now = Period(date(2025, 6, 1), end), datetime(2026, 1, 1, tzinfo=VIETNAM)
        scope = Scope(agency, tree=tree)
        (row,) = kpi_rows(CATALOGUE, moved[which], period, now, scope=scope, names=["dossiers_pending"])
        assert row.value == pending

    @pytest.mark.parametrize("which", [0, 1], ids=["memory", "clickhouse"])
    def test_a_stock_day_by_day_is_never_negative(self, moved, which):
        period, now = Period(date(2025, 5, 1), date(2025, 9, 1)), datetime(2026, 1, 1, tzinfo=VIETNAM)
        for agency in ("P1", "P1.D", "P2"):
            rows = kpi_rows(
                CATALOGUE,
                moved[which],
                period,
                now,
                scope=Scope(agency),
                by=By.DAY,
                names=["dossiers_pending"],
            )
            assert min(row.numerator for row in rows) >= 0

    @pytest.mark.parametrize("which", [0, 1], ids=["memory", "clickhouse"])
    def test_now_is_the_day_of_asking(self, moved, which):
        period = Period(date(2025, 6, 1), date(2025, 7, 1))
        for now, pending in ((date(2025, 7, 1), 10), (date(2025, 7, 1) - timedelta(days=1), 0)):
            moment = datetime(now.year, now.month, now.day, 12, tzinfo=VIETNAM)
            scope = Scope("P2", tree=Tree.NOW)
            (row,) = kpi_rows(
                CATALOGUE, moved[which], period, moment, scope=scope, names=["dossiers_pending"]
            )
            assert row.value == pending


def test_agencies_that_the_tree_lacks_are_named():
    reference, _ = gather([Path("provinces")])
    found = cells(("H51", BEFORE, 1), ("H51.18", BEFORE, 1), ("H99", BEFORE, 1))
    counts = stored(reference, found)
    assert unknown_agencies(counts._client) == ["H51.18", "H99"]
    stored(Reference(), found)
    assert unknown_agencies(counts._client) == []
