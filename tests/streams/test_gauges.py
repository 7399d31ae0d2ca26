"""The province's gauges: the same numbers as KPI rows, whatever the shards, and bounded labels."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from prometheus_client import CollectorRegistry

from schemas.catalogue import load
from schemas.contract import TOPICS
from schemas.instant import VIETNAM, to_microseconds
from schemas.reference.tables import gather
from schemas.reference.target import Targets
from schemas.selection import By
from serving.frame_counts import FrameCounts
from serving.kpis import kpi_rows
from serving.period import Period, day_of
from serving.span import Window, ending_now
from sources.nga_nam import TOWN, events
from streams import metrics
from streams.bounded import Bounded
from streams.checkpoint import StoreError
from streams.exporter import Exporter
from streams.gauges import snapshot
from streams.given import Given
from streams.hourly import tables
from streams.memory import Memory
from streams.rollup import roll_up
from streams.settings import Settings
from streams.window import midnight, parse

CATALOGUE = load()
NOW = datetime(2022, 9, 14, 10, 20, tzinfo=VIETNAM)
WINDOWS = parse("24h,7d,30d")
EVERY = 60


@pytest.fixture(scope="module")
def memories():
    """The same events in one ledger per topic, and spread over two."""
    whole = events()
    subjects = {s: n for n, s in enumerate(sorted({event["subject"] for event in whole})[::EVERY])}
    lines = [(subjects[e["subject"]], json.dumps(e)) for e in whole if e["subject"] in subjects]
    found = [Memory(CATALOGUE) for _ in range(3)]
    found[0].fold([line for _, line in lines])
    for half in range(2):
        found[1 + half].fold([line for number, line in lines if number % 2 == half])
    return found


def shown(*memories, now=NOW, rolling=(0, 1000), given=None):
    ledgers = [memory.ledgers[topic] for memory in memories for topic in TOPICS]
    return snapshot(CATALOGUE, list(tables(ledgers)), WINDOWS, to_microseconds(now), rolling, given)


@pytest.fixture(scope="module")
def counts(memories):
    return FrameCounts(*memories[0].counts())


def by_kpi(made, window):
    """Ratios of the snapshot, as Prometheus makes them: (kpi, agency) -> numerator, denominator."""
    for kpi in CATALOGUE.kpis:
        if any(CATALOGUE.measures[t.measure].cohort for t in kpi.terms) or kpi.at_end or kpi.distinct:
            continue
        for agency in {agency for _, agency, _ in made.measures}:
            sides = [
                sum(t.sign * made.measures.get((t.measure, agency, window), 0) for t in terms)
                for terms in (kpi.numerator, kpi.denominator)
            ]
            if any(sides):
                yield (kpi.name, agency), tuple(sides)


@pytest.mark.parametrize("window", [Window.DAY, Window.WEEK, Window.THIRTY_DAYS])
def test_ratios_are_those_of_kpi_rows(memories, counts, window):
    made = dict(by_kpi(shown(memories[0]), window.value))
    rows = kpi_rows(CATALOGUE, counts, ending_now(window, NOW).period, NOW, by=By.AGENCY)
    wanted = {(r.kpi, r.key): (r.numerator, r.denominator) for r in rows if r.denominator is not None}
    comparable = {kpi for kpi, _ in made}
    assert len(comparable) > 12
    assert made == {key: sides for key, sides in wanted.items() if key[0] in comparable and any(sides)}


def test_stocks_are_those_of_kpi_rows(memories, counts):
    made = shown(memories[0]).stocks
    today = Period(day_of(NOW), day_of(NOW) + timedelta(days=1))
    names = [stock.name for stock in CATALOGUE.stocks]
    rows = kpi_rows(CATALOGUE, counts, today, NOW, by=By.AGENCY, names=names)
    wanted = {(r.kpi, r.key): r.numerator for r in rows if r.numerator}
    assert wanted
    assert {key: level for key, level in made.items() if level} == wanted


def test_two_workers_add_up_to_one(memories):
    whole, *halves = (shown(memory) for memory in memories)
    for name in ("measures", "stocks"):
        sums = {}
        for half in halves:
            for key, value in getattr(half, name).items():
                sums[key] = sums.get(key, 0) + value
        assert {k: v for k, v in sums.items() if v} == {k: v for k, v in getattr(whole, name).items() if v}
    assert shown(*memories[1:]).measures == whole.measures


def test_an_agency_with_any_has_zeros_for_the_rest(memories):
    made = shown(memories[0]).measures
    (agency, window), *_ = {(a, w) for m, a, w in made if m == "dossiers_received"}
    assert {m for m, a, w in made if (a, w) == (agency, window)} >= {m.name for m in CATALOGUE.of("dossier")}


def test_windows_move_with_the_clock_alone(memories):
    later = shown(memories[0], now=NOW + timedelta(days=200))
    assert later.measures == {}
    assert any(later.stocks.values())


@pytest.fixture(scope="module")
def given():
    """Of the demo: 90 % online for the district, 70 % for communes, and one of the town's own."""
    reference, wrong = gather(map(Path, ("provinces", "nga_nam", "calendar")))
    assert wrong == []
    return Targets(reference.targets, reference.tree)


class TestTargets:
    def test_the_catalogues_for_all_and_those_that_were_given(self, memories, given):
        made = shown(memories[0], given=given).targets
        assert made["online_dossier_rate", "*"] == 0.5
        assert made["online_dossier_rate", TOWN] == 0.9
        assert made["online_dossier_rate", f"{TOWN}.01"] == 0.7
        assert made["on_time_rate", TOWN] == 0.995
        assert ("on_time_rate", f"{TOWN}.01") not in made, "not handed down"

    def test_only_agencies_with_a_label_have_one(self, memories, given):
        made = shown(memories[0], given=given, rolling=(0, 1))
        assert {agency for _, agency in made.targets} == {"*", TOWN}
        assert shown(memories[0]).targets.keys() == {k for k in made.targets if k[1] == "*"}

    def test_they_are_read_in_the_background_and_the_last_ones_stand(self, given):
        turns, answered = threading.Semaphore(0), [0]

        def read():
            turns.acquire()
            answered[0] += 1
            if answered[0] > 1:
                raise StoreError("away")
            return given

        held = Given(read, 0.0)
        assert held.targets() is None
        turns.release()
        while held.targets() is None:
            pass
        turns.release(2)
        while answered[0] < 3:
            assert held.targets() is given
        turns.release(100)


class TestRollUp:
    CODES = ("H51", "H51.18", "H51.18.1", "H51.18.2", "H51.19", "G09.20", "")

    def test_all_have_their_own_label_up_to_the_limit(self):
        rolled = roll_up(self.CODES, 0, 6)
        assert (rolled.own, rolled.moved) == (6, 0)
        assert rolled.labels[""] == "unknown"

    def test_beyond_it_the_deepest_join_the_one_above(self):
        rolled = roll_up(self.CODES, 0, 3)
        assert {c: label for c, label in rolled.labels.items() if c and c != label} == {
            "H51.18.1": "H51.18",
            "H51.18.2": "H51.18",
            "H51.19": "H51",
        }

    def test_without_one_above_they_are_others(self):
        assert roll_up(["A", "B.1"], 0, 1).labels["B.1"] == "other"

    def test_a_depth_cuts_codes_even_if_nobody_has_the_short_one(self):
        rolled = roll_up(["H51.18.1", "H51.18.2"], 2, 10)
        assert set(rolled.labels.values()) == {"H51.18", "unknown"}
        assert (rolled.own, rolled.moved) == (0, 2)

    def test_rolled_up_sums_stay_the_same(self, memories):
        narrow, wide = shown(memories[0], rolling=(0, 3)), shown(memories[0])
        assert narrow.agencies.moved > 0
        assert len({agency for _, agency, _ in narrow.measures}) <= 5
        for made in (narrow, wide):
            total = sum(v for (m, _, w), v in made.measures.items() if (m, w) == ("dossiers_received", "30d"))
            assert total == sum(
                v for (m, _, w), v in wide.measures.items() if (m, w) == ("dossiers_received", "30d")
            )


class TestExporter:
    def exporter(self, memory, **settings):
        exporter = Exporter(Settings(**settings), CATALOGUE)
        exporter.show(memory.ledgers.values(), to_microseconds(NOW))
        registry = CollectorRegistry()
        registry.register(exporter)
        return exporter, registry

    def test_samples_carry_the_labels_of_the_catalogue(self, memories):
        _, registry = self.exporter(memories[0])
        families = {family.name: family for family in registry.collect()}
        assert set(families) <= set(metrics.CATALOGUE)
        for name, family in families.items():
            assert all(set(s.labels) == set(metrics.CATALOGUE[name].labels) for s in family.samples)
        value = registry.get_sample_value
        assert value("reform_pulse_target", {"kpi": "online_dossier_rate", "agency": "*"}) == 0.5

    def test_cardinality_is_reported(self, memories):
        _, registry = self.exporter(memories[0], gauge_agencies=2, gauge_windows="7d")
        value = registry.get_sample_value
        assert value("reform_pulse_agencies") == 2
        assert value("reform_pulse_agencies_rolled_up") > 0
        names = ("reform_pulse_measure", "reform_pulse_stock", "reform_pulse_target")
        found = sum(len(f.samples) for f in registry.collect() if f.name in names)
        assert value("reform_pulse_series") == found

    def test_it_is_computed_again_when_due(self, memories):
        exporter, registry = self.exporter(memories[0], gauge_seconds=10)
        for seconds, expected in ((5, 0), (10, 10)):
            exporter.show([], to_microseconds(NOW + timedelta(seconds=seconds)))
            assert registry.get_sample_value("reform_pulse_gauges_time") == NOW.timestamp() + expected
        exporter.show([], to_microseconds(NOW + timedelta(seconds=11)), at_once=True)
        assert registry.get_sample_value("reform_pulse_gauges_time") == NOW.timestamp() + 11

    def test_agencies_are_heard_of(self, memories):
        exporter, registry = self.exporter(memories[0], gauge_depth=1)
        memory = memories[0]
        family = next(iter(tables(memory.ledgers.values())))
        derivation = memory.ledgers["reform.dossiers"].families()[0][0]
        agency = derivation.dictionaries(derivation.families[0])[0]
        exporter.heard(agency, agency.codes(pl.Series(family.codes[:2])).astype(np.int64), 7_000_000)
        exporter.show(memory.ledgers.values(), to_microseconds(NOW), at_once=True)
        assert registry.get_sample_value("reform_pulse_agency_last_event_time", {"agency": "H51"}) == 7


def test_windows_that_cannot_be_read():
    with pytest.raises(ValueError, match="24h or 7d"):
        parse("24h,2w")
    assert [w.name for w in parse(" 1h, 7d ,")] == ["1h", "7d"]


def test_days_begin_at_vietnamese_midnight():
    evening = datetime.fromisoformat("2022-09-14T18:30:00+00:00")
    assert midnight(to_microseconds(evening)) * 3600 == evening.timestamp() - 90 * 60


def test_labels_that_senders_choose_are_bounded():
    bounded = Bounded(2)
    assert [bounded.label(s) for s in ("a", "", "b", "c", "a")] == ["a", "unknown", "b", "other", "a"]
