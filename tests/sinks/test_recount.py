"""Verify: agrees with what a naive engine stored, and finds every kind of damage."""

# ruff: noqa: S608 - table names of this file

import json

import pytest
from hypothesis import HealthCheck, given, settings

from schemas.catalogue import load
from sinks.clickhouse.verify import verify
from sources.nga_nam import events, scramble
from streams.checkpoint import COUNT_COLUMNS
from tests.naive import checkpoint, fill, opened
from tests.stores import emptied
from tests.strategies import event_streams

CATALOGUE = load()
COUNTS = tuple(f"counts_{cube}" for cube in COUNT_COLUMNS)
EVERY = 100


def records(found):
    return [json.dumps(event, ensure_ascii=False).encode() for event in found]


def some_events():
    """All events of some hundred dossiers, documents and payments, and all feedback and tasks."""
    whole = events()
    chosen = set(sorted({event["subject"] for event in whole})[::EVERY])
    few = ("vn.reform.feedback", "vn.reform.task")
    return [e for e in whole if e["subject"] in chosen or e["type"].startswith(few)]


@pytest.fixture(scope="module")
def feed():
    stored = records(scramble(some_events(), seed=1))
    return checkpoint(CATALOGUE, stored, opened(emptied(), CATALOGUE))


@pytest.fixture
def store(feed):
    store = emptied()
    opened(store, CATALOGUE)
    store.write(feed)
    return store


def found(store, **options):
    verdict = verify(store.client, CATALOGUE, **options)
    return verdict, [difference.as_dict() for difference in verdict.differences]


def test_a_scrambled_feed_agrees_in_one_part_and_in_many(store):
    for batch in (1_000_000, 150):
        steps = []
        verdict, differences = found(store, batch=batch, progress=steps.append)
        assert (verdict.different, differences) == (0, [])
        entries = {table.table: table.entries for table in verdict.tables}
        assert entries["dossiers"] > 100
        assert entries["counts_hourly"] > entries["counts_daily"] > 1_000
        assert verdict.events["dossier"] > 500
        assert any("part 3 of" in step for step in steps) == (batch == 150)


@given(event_streams(max_size=120))
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_odd_texts_times_ties_and_nulls_agree(stream):
    store = emptied()
    fill(store, CATALOGUE, records(stream))
    assert found(store) == (found(store)[0], [])


def test_an_empty_store_agrees():
    verdict, differences = found(emptied())
    assert (verdict.events, verdict.different, differences) == ({}, 0, [])


def test_the_same_by_way_of_a_server(store, server):
    store.client.insert("tasks", [["ghost"]], column_names=["subject"])
    assert found(server) == found(store)
    assert found(server)[0].different == 1


CELL = "measure = 'dossiers_received' AND value > 0 ORDER BY agency, bucket, partition LIMIT 1"


def cell(store, table):
    """One stored cell."""
    (row,) = store.client.query(f"SELECT * FROM {table} FINAL WHERE {CELL}").named_results()
    return row


def put(store, table, row):
    """Write a row over the one of its key."""
    store.client.insert(table, [list(row.values())], column_names=list(row))


@pytest.mark.parametrize("table", COUNTS)
class TestCells:
    def test_a_wrong_one(self, store, table):
        row = cell(store, table)
        put(store, table, row | {"value": row["value"] + 3, "version": 2})
        verdict, (difference,) = found(store)
        assert verdict.different == 1
        assert (difference["table"], difference["measure"]) == (table, "dossiers_received")
        assert (difference["agency"], difference["stored"] - difference["recounted"]) == (row["agency"], 3)

    def test_missing_ones(self, store, table):
        agency = cell(store, table)["agency"]
        gone = "measure = 'dossiers_received' AND agency = {agency:String}"
        store.client.command(f"DELETE FROM {table} WHERE {gone}", parameters={"agency": agency})
        verdict, differences = found(store)
        assert verdict.different >= 1
        assert {(d["measure"], d["agency"], d["stored"]) for d in differences} == {
            ("dossiers_received", agency, 0)
        }
        assert all(d["recounted"] >= 1 for d in differences)

    def test_a_surplus_one(self, store, table):
        put(store, table, cell(store, table) | {"agency": "H99", "value": 7})
        verdict, (difference,) = found(store)
        assert verdict.different == 1
        assert (difference["agency"], difference["stored"], difference["recounted"]) == ("H99", 7, 0)

    def test_one_of_an_unknown_measure(self, store, table):
        put(store, table, cell(store, table) | {"measure": "no_longer", "value": 7})
        assert [d["measure"] for d in found(store)[1]] == ["no_longer"]

    def test_what_left_a_cell_leaves_a_zero_behind(self, store, table):
        put(store, table, cell(store, table) | {"agency": "H99", "value": 0})
        assert found(store)[1] == []

    def test_a_superseded_version_does_not_count(self, store, table):
        row = cell(store, table)
        put(store, table, row | {"value": row["value"] + 3, "version": 0})
        assert found(store)[1] == []


class TestStates:
    def subject(self, store):
        return store.client.command(
            "SELECT min(subject) FROM dossiers WHERE tupleElement(received_at, 1) > 0"
        )

    def test_a_wrong_value(self, store):
        subject = self.subject(store)
        later = (2_000_000_000_000_000, "somewhere else")
        store.client.insert("dossiers", [[subject, later]], column_names=["subject", "field"])
        verdict, (difference,) = found(store)
        assert verdict.different == 1
        assert (difference["table"], difference["subject"], difference["column"]) == (
            "dossiers",
            subject,
            "field",
        )
        assert "somewhere else" in difference["stored"]

    def test_a_missing_one(self, store):
        subject = self.subject(store)
        store.client.command("DELETE FROM dossiers WHERE subject = {s:String}", parameters={"s": subject})
        assert found(store)[1] == [
            {"table": "dossiers", "subject": subject, "stored": None, "recounted": "there"}
        ]

    def test_a_surplus_one(self, store):
        store.client.insert("tasks", [["ghost"]], column_names=["subject"])
        assert found(store)[1] == [
            {"table": "tasks", "subject": "ghost", "stored": "there", "recounted": None}
        ]

    def test_a_lost_event(self, store):
        subject = self.subject(store)
        store.client.command("DELETE FROM events WHERE subject = {s:String}", parameters={"s": subject})
        verdict, differences = found(store)
        assert {d["table"] for d in differences} == {"dossiers", *COUNTS}
        assert verdict.different > 3

    def test_examples_are_limited_and_the_number_is_not(self, store):
        store.client.command("TRUNCATE TABLE dossiers SYNC")
        verdict, differences = found(store, limit=5)
        assert len(differences) == 5
        assert verdict.different > 100
