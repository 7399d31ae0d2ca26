"""Sums over subtrees as the tree was and as it is: both stores of counts, against a walk cell by cell."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.instant import VIETNAM
from schemas.reference.agency import Agency, Successor
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import Reference, gather
from schemas.reference.tree import AgencyTree
from schemas.selection import By, Days, Scope, Selection, Tree
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.frames import insert
from sinks.clickhouse.reference import load, unknown_agencies
from streams.checkpoint import DAILY_COLUMNS, HOURLY_COLUMNS
from tests.reference.tables import AGENCIES, CATALOGUE, SUCCESSORS, good
from tests.reference.test_tree import walked
from tests.stores import embedded

CHANGE = date(2025, 7, 1)
REFERENCE = ("agencies", "agency_closure", "agency_now")
EVER = Days(None, None)
MOVES = "P2.M,Xã chuyển,commune,P1.D,,2025-07-01\nP2.M,Xã chuyển,commune,P2,2025-07-01,\n"


def cells(*found):
    """Frames of cells: (agency, day, value), or with a cohort or a measure; each alone in its shard."""
    hourly, daily = [], []
    for number, (agency, day, value, *more) in enumerate(found):
        cohort = more[0] if more else date(1970, 1, 1)
        usual = dict.fromkeys(("procedure", "field", "kind"), "") | {
            "topic": "t",
            "epoch": 1001,
            "measure": more[1] if more[1:] else "m",
            "agency": agency,
            "cohort": cohort,
            "partition": number % 3,
            "value": value,
            "version": 1,
        }
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=VIETNAM).astimezone(UTC)
        hourly.append(usual | {"bucket": noon})
        daily.append(usual | {"bucket": day})
    return _frame(hourly, HOURLY_COLUMNS), _frame(daily, DAILY_COLUMNS)


def _frame(rows, schema):
    frame = pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
    key = [name for name in schema if name != "value"]
    return frame.group_by(key).agg(pl.col("value").sum()).select(list(schema))


def stored(reference, hourly, daily):
    """The same cells and tree in ClickHouse."""
    client = embedded().client
    for table in ("epochs", "progress", "counts_hourly", "counts_daily", "reference_versions", *REFERENCE):
        client.command(f"TRUNCATE TABLE {table} SYNC")
    load(client, reference)
    epoch = pl.DataFrame(
        {"topic": ["t"], "epoch": [1001], "identity": ["x"], "partitions": [3], "fingerprint": ["f"]}
    )
    insert(client, "epochs", epoch.cast({"epoch": pl.UInt32, "partitions": pl.UInt32}))
    progress = pl.DataFrame({"topic": "t", "epoch": 1001, "partition": [0, 1, 2], "next_offset": 1})
    insert(client, "progress", progress.cast({"epoch": pl.UInt32, "partition": pl.UInt32}))
    insert(client, "counts_hourly", hourly)
    insert(client, "counts_daily", daily)
    return ClickHouseCounts(client)


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
    hourly, daily = cells(*CELLS)
    return FrameCounts(hourly, daily, reference.tree), stored(reference, hourly, daily)


def both_sums(both, scope, **more):
    memory, clickhouse = (counts.sums(["m"], Selection(EVER, scope, **more)).get("m", {}) for counts in both)
    assert memory == clickhouse
    return {key if isinstance(key, str) else key[0]: value for key, value in memory.items()}


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
    hourly, daily = cells(*CELLS)
    reference = Reference()
    counts = FrameCounts(hourly, daily), stored(reference, hourly, daily)
    try:
        for tree in Tree:
            assert whole(counts, "P1", False, tree) == 1 + 2 + 4 + 8 + 16 + 512
    finally:
        both[1]._client.command("TRUNCATE TABLE reference_versions SYNC")


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
    hourly, daily = cells(*rows)
    counts = FrameCounts(hourly, daily, tree), stored(reference, hourly, daily)
    for scope in scopes:
        expected = {}
        for agency, day, value, cohort in rows:
            code = covered(scope, tree, reference.agencies, agency, cohort if cohorts else day)
            if code is not None:
                key = code if by is By.AGENCY else day.isoformat() if by else ""
                expected[key] = expected.get(key, 0) + value
        found = both_sums(counts, scope, by=by, cohorts=Days(None, None) if cohorts else None)
        assert found == expected, scope


INTO, OUT_OF = next(f.flows for f in CATALOGUE.stocks if f.name == "dossiers_pending")
MOVED = (
    ("P2.M", BEFORE, 10, date(1970, 1, 1), INTO.measure),
    ("P2.M", AFTER, 4, date(1970, 1, 1), OUT_OF.measure),
)


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    reference = good(tmp_path_factory.mktemp("moved"), agencies=AGENCIES + MOVES, successors=SUCCESSORS)
    hourly, daily = cells(*MOVED)
    return FrameCounts(hourly, daily, reference.tree), stored(reference, hourly, daily)


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
    hourly, daily = cells(("H51", BEFORE, 1), ("H51.18", BEFORE, 1), ("H99", BEFORE, 1))
    counts = stored(reference, hourly, daily)
    assert unknown_agencies(counts._client) == ["H51.18", "H99"]
    stored(Reference(), hourly, daily)
    assert unknown_agencies(counts._client) == []
