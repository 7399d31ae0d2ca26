"""The contract of `Counts`, on both implementations; and KPI rows against the oracle."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.catalogue import Unit, load
from schemas.event import read
from schemas.instant import VIETNAM
from schemas.selection import WHOLE, By, Days, Scope, Selection
from serving.figures import choose
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period
from serving.side import sides
from sinks.clickhouse.counts import BITS, ClickHouseCounts
from sources.nga_nam import events
from tests.naive import NOW, cubes, fill, fold
from tests.oracle import kpi_rows as oracle_rows
from tests.oracle_states import states as oracle_states
from tests.stores import emptied
from tests.strategies import event_streams, valid_events

CATALOGUE = load()
NAMES = sorted(CATALOGUE.measures)
EVERY = 90


def records(found):
    return [json.dumps(event).encode() for event in found]


COHORTS = ("in_time_rate", "untroubled_dossier_rate")
SPANS = [Period(date(2022, 7, 1), date(2022, 8, 2)), Period(date(2022, 7, 2), date(2022, 7, 3))]


def some_events():
    """All events of some hundred entities of the demo feed."""
    feed = events()
    chosen = set(sorted({event["subject"] for event in feed})[::EVERY])
    return [e for e in feed if e["subject"] in chosen]


@pytest.fixture(scope="module")
def feed():
    return some_events()


@pytest.fixture(scope="module")
def both(feed):
    """The same cells in memory and in ClickHouse."""
    store = emptied()
    made = fill(store, CATALOGUE, records(feed))
    return FrameCounts(made.counts.hourly, made.counts.daily), ClickHouseCounts(store.client)


DATES = st.one_of(st.none(), st.dates(date(2022, 6, 28), date(2022, 10, 20)))
RANGES = st.tuples(DATES, DATES).map(lambda pair: Days(*pair))
SCOPES = st.sampled_from(
    [Scope(), Scope("H51"), Scope("H51.18"), Scope("H51.18", True), Scope("H51.18.03"), Scope("x' OR 1=1")]
)

ONLY = st.sampled_from([(), (), ((By.PROCEDURE, "1.004946"),), ((By.PROCEDURE, "x"), (By.KIND, "report"))])


@st.composite
def selections(draw):
    by = draw(st.sampled_from([None, *By]))
    cohorts = draw(st.one_of(st.none(), RANGES)) if by is not By.HOUR else None
    by_cohort = cohorts is not None and by in (By.DAY, By.MONTH)
    per = draw(st.sampled_from([(), (By.AGENCY, By.PROCEDURE)])) if by is not By.HOUR else ()
    scope = draw(SCOPES)
    if by is not By.HOUR:
        scope = scope._replace(only=draw(ONLY))
    return Selection(draw(RANGES), scope, cohorts, by, by_cohort, per=per)


@given(selections(), st.sets(st.sampled_from(NAMES), min_size=1, max_size=5))
@settings(max_examples=80)
def test_memory_and_clickhouse_add_up_the_same(both, selection, names):
    memory, clickhouse = both
    assert memory.sums(names, selection) == clickhouse.sums(names, selection)


@given(st.dictionaries(selections(), st.sets(st.sampled_from(NAMES), min_size=1, max_size=3), max_size=4))
@settings(max_examples=30)
def test_many_selections_in_one_go_are_those_one_by_one(both, wanted):
    found = both[1].all_sums(wanted)
    assert found == {selection: both[0].sums(names, selection) for selection, names in wanted.items()}


def test_more_selections_of_a_kind_than_a_scan_tells_apart(both):
    days = [date(2022, 7, 1) + timedelta(days=number) for number in range(BITS + 10)]
    wanted = {Selection(Days(None, day)): {"dossiers_received", "documents_issued"} for day in days}
    found = both[1].all_sums(wanted)
    assert found == {selection: both[0].sums(names, selection) for selection, names in wanted.items()}
    assert len({str(sums) for sums in found.values()}) > 30


@given(selections().filter(lambda s: s.hourly), st.sets(st.sampled_from(NAMES), min_size=1, max_size=5))
@settings(max_examples=40)
def test_the_hourly_counts_say_what_the_daily_ones_say(both, selection, names):
    """Kept apart by procedure the daily counts are read, and their parts add up to the hourly answer."""
    apart = replace(selection, by=None if selection.by is By.HOUR else selection.by)
    finer = replace(apart, per=(*apart.per, By.PROCEDURE))
    assert apart.hourly
    assert not finer.hourly
    for counts in both:
        added = {}
        for measure, keys in counts.sums(names, finer).items():
            for (*key, _), value in keys.items():
                sums = added.setdefault(measure, {})
                sums[tuple(key)] = sums.get(tuple(key), 0) + value
        assert counts.sums(names, apart) == added


@pytest.mark.parametrize("which", [0, 1], ids=["memory", "clickhouse"])
class TestContract:
    def test_parts_add_up_to_the_whole(self, both, which):
        counts = both[which]
        whole = counts.sums(NAMES, Selection(Days(None, None)))
        assert whole["dossiers_received"][WHOLE] > 100
        for by in By:
            parts = counts.sums(NAMES, Selection(Days(None, None), by=by))
            assert {m: sum(keys.values()) for m, keys in parts.items()} == {
                m: k[WHOLE] for m, k in whole.items()
            }

    @pytest.mark.parametrize(("by", "length"), [(By.HOUR, 22), (By.DAY, 10), (By.MONTH, 7)])
    def test_keys_of_times(self, both, which, by, length):
        parts = both[which].sums(["dossiers_received"], Selection(Days(None, None), by=by))
        assert {len(key) for (key,) in parts["dossiers_received"]} == {length}
        assert min(parts["dossiers_received"]) > ("2022",)

    def test_bounds_are_half_open(self, both, which):
        days = Days(date(2022, 7, 4), date(2022, 7, 5))
        for by in (By.HOUR, By.DAY):
            found = both[which].sums(["dossiers_received"], Selection(days, by=by))["dossiers_received"]
            assert {key[:10] for (key,) in found} == {"2022-07-04"}

    def test_without_cells_there_is_nothing(self, both, which):
        assert both[which].sums(NAMES, Selection(Days(date(2090, 1, 1), None))) == {}


@given(
    st.sampled_from(
        [Period(date(2022, 7, 1), date(2022, 10, 1)), Period(date(2022, 7, 20), date(2022, 8, 9))]
    ),
    st.sampled_from([datetime(2026, 1, 1, tzinfo=VIETNAM), datetime(2022, 8, 5, tzinfo=VIETNAM)]),
    st.sampled_from([Scope(), Scope("H51.18"), Scope("H51.18", True), Scope("H51.18.03")]),
    st.sampled_from([None, *By]),
)
@settings(max_examples=25)
def test_rows_are_those_of_the_oracle(both, feed, period, now, scope, by):
    """The oracle reads the events itself and shares no code with us."""
    folded = oracle_states(feed)
    expected = oracle_rows(folded, period.start, period.end, now, *scope[:2], by)
    rows = kpi_rows(CATALOGUE, both[1], period, now, scope=scope, by=by)
    ours = [row.as_dict() for row in rows]
    if by is By.HOUR:  # the hourly counts have no cohorts
        expected = [row for row in expected if row["kpi"] not in COHORTS]
    assert _sorted(ours) == _sorted(expected)


def _sorted(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@given(event_streams(), st.sampled_from([None, *By]), st.sampled_from([Scope(), Scope("H51.18")]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_laws_of_any_stream(stream, by, scope):
    states = fold(read(r, NOW) for r in records(stream))
    hourly, daily, *_ = cubes(CATALOGUE, states, dict.fromkeys(_topics(), 1))
    period, now = Period(date(2022, 7, 1), date(2022, 7, 8)), datetime(2022, 7, 3, 9, tzinfo=VIETNAM)
    rows = kpi_rows(CATALOGUE, FrameCounts(hourly, daily), period, now, scope=scope, by=by)
    totals = kpi_rows(CATALOGUE, FrameCounts(hourly, daily), period, now, scope=scope)
    figures = {c.name: c for c in choose(CATALOGUE, (), period.last_day)}
    for row in rows:
        assert row.numerator >= 0
        if row.unit is Unit.PERCENT:
            assert row.value is None or 0 <= row.value <= 1
        elif row.unit is Unit.POINTS:
            assert 0 <= row.numerator <= row.denominator
    for total in totals:
        parts = [row for row in rows if row.kpi == total.kpi]
        running = any(side.at_end for f in figures[total.kpi].bases for side in sides(f))
        if parts and figures[total.kpi].additive and not (running and by and by.is_time):
            assert sum(row.numerator for row in parts) == total.numerator


PLACES = {"agency": ("H51.18", "H51.18.02"), "procedure": ("1.004946", "2.000815"), "field": ("G09-TP03",)}
MIDNIGHTS = [datetime(2022, 7, d, tzinfo=VIETNAM) for d in (2, 3, 5)]


@st.composite
def busy_streams(draw):
    """Events of dossiers, payments and services that are likely to meet in one place."""
    entities = st.lists(st.sampled_from(["dossier", "payment", "service"]), min_size=5, max_size=40)
    stream = [draw(valid_events(entity)) for entity in draw(entities)]
    for event in stream:
        data = event.setdefault("data", {})
        for name, codes in PLACES.items():
            if name in data:
                data[name] = draw(st.sampled_from(codes))
    return stream


@given(busy_streams(), st.sampled_from([None, *By]), st.sampled_from(MIDNIGHTS), st.sampled_from(SPANS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rows_of_any_stream_are_those_of_the_oracle(stream, by, now, period):
    made = cubes(CATALOGUE, fold(read(r, NOW) for r in records(stream)), dict.fromkeys(_topics(), 1))
    rows = kpi_rows(CATALOGUE, FrameCounts(*made[:2]), period, now, by=by)
    expected = oracle_rows(oracle_states(stream), period.start, period.end, now, None, False, by)
    if by is By.HOUR:  # the hourly counts have no cohorts
        expected = [row for row in expected if row["kpi"] not in COHORTS]
    assert _sorted([row.as_dict() for row in rows]) == _sorted(expected)


def _topics():
    return {measure.of.topic for measure in CATALOGUE.measures.values()}
