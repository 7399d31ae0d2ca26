"""Reference data in ClickHouse: whole versions, read back as they were; the commands over it."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.catalogue import load as load_catalogue
from schemas.reference.row import Row
from schemas.reference.tables import Reference, gather
from sinks.clickhouse.reference import current, load, stored
from sinks.clickhouse.reference_frames import BRANCH, HEIR, TABLES, frames
from sources.nga_nam import events
from streams.checkpoint import StoreError
from streams.cli.main import app
from tests.naive import fill
from tests.reference.tables import AGENCIES, SUCCESSORS, good
from tests.stores import emptied

DEMO = ("provinces", "nga_nam", "calendar")


def run(*arguments):
    return CliRunner().invoke(app, ["reference", *(str(argument) for argument in arguments)])


@pytest.fixture
def client():
    return emptied().client


@pytest.fixture(scope="module")
def demo():
    return gather(map(Path, DEMO))[0]


def select(client, sql):
    return client.query(sql).result_rows


def test_what_is_stored_is_what_was_loaded(client, demo):
    assert current(client) is None
    assert stored(client).rows == {}
    version = load(client, demo)
    assert current(client) == (version, demo.content)
    back = stored(client)
    assert back.content == demo.content
    assert {name: len(rows) for name, rows in back.rows.items()} == {
        name: len(demo.rows[name]) for name in TABLES
    }
    assert sorted(back.tree.branches) == sorted(demo.tree.branches)
    assert sorted(back.tree.heirs) == sorted(demo.tree.heirs)


def test_a_version_is_whole_and_the_newest_holds(client, tmp_path, demo):
    first = load(client, demo)
    assert load(client, demo) == first, "the same again is no new version"
    second = load(client, good(tmp_path, agencies=AGENCIES, successors=SUCCESSORS))
    assert second // 1000 == first // 1000 + 1
    assert select(client, "SELECT count() FROM agencies_current") == [(7,)]
    assert select(client, "SELECT count() FROM targets_current") == [(0,)]
    assert select(client, "SELECT version, count() FROM agencies GROUP BY version ORDER BY version") == [
        (first, 75),
        (second, 7),
    ]


def test_half_a_version_is_not_seen(client, demo):
    load(client, demo)
    client.command("INSERT INTO agencies (version, code, name) VALUES (999999, 'x', 'half written')")
    assert select(client, "SELECT count() FROM agencies_current WHERE code = 'x'") == [(0,)]


def test_who_loads_at_the_same_time_is_told(client, demo, monkeypatch):
    from sinks.clickhouse import reference as module

    def slow(found):
        client.command("INSERT INTO reference_versions (version, content) VALUES (1999, 'theirs')")
        return frames(found)

    monkeypatch.setattr(module, "frames", slow)
    with pytest.raises(StoreError, match="load again"):
        load(client, demo)


def test_columns_are_those_that_are_written(client, demo):
    views = {table: dict(frame.schema) for table, frame in frames(demo)}
    for table, columns in views.items():
        names = [name for name, *_ in select(client, f"DESCRIBE TABLE {table}_current")]
        assert set(names) == set(columns), table
    assert set(BRANCH) <= set(views["agency_closure"])
    assert set(HEIR) <= set(views["agency_now"])
    for _, model, columns in TABLES.values():
        assert set(model.model_fields) - {"place"} == set(columns), "a new field needs a migration"


def test_what_panels_read(client, demo):
    load(client, demo)
    assert select(
        client,
        "SELECT count() FROM agency_closure_current WHERE ancestor = 'H51' "
        "AND valid_from <= '2022-07-01' AND '2022-07-01' < valid_to",
    ) == [(10,)]
    assert select(
        client,
        "SELECT current, share FROM agency_now_current WHERE code = 'H51.18' AND counted ORDER BY seen_from",
    ) == [("H51.18", 1.0), ("H13.NN.01", 0.5)]
    assert select(client, "SELECT DISTINCT changed_on FROM agency_successors_current") == [
        (date(2025, 7, 1),)
    ]
    assert select(client, "SELECT standard_minutes FROM procedures_current WHERE code = '1.001612'") == [
        (1_440,)
    ]


class TestCommands:
    def test_load_and_load_a_part_on_top(self, client, tmp_path):
        done = run("load", *DEMO, "--store", client.path)
        assert done.exit_code == 0, done.stderr
        assert "agencies 75" in done.stdout
        own = tmp_path / "targets.csv"
        own.write_text("chỉ tiêu;cấp;giá trị\nonline_dossier_rate;xã;80 %\n", encoding="utf-8-sig")
        done = run("load", own, "--store", client.path)
        assert done.exit_code == 0, done.stderr
        assert select(client, "SELECT value FROM targets_current") == [(0.8,)]
        assert select(client, "SELECT count() FROM agencies_current") == [(75,)]

    def test_all_mistakes_and_nothing_loaded(self, client, tmp_path):
        run("load", *DEMO, "--store", client.path)
        before = current(client)
        own = tmp_path / "targets.csv"
        own.write_text("kpi,agency,value\nno_such_rate,H51.18,1\nsync_rate,H99,1\n")
        done = run("load", own, "--store", client.path)
        assert (done.exit_code, done.stdout) == (1, "")
        lines = done.stderr.splitlines()
        assert len(lines) == 3
        assert lines[0].startswith("targets.csv, dòng/row 2, cột/column kpi: không có chỉ tiêu")
        assert lines[1].startswith("targets.csv, dòng/row 3, cột/column agency: không có cơ quan “H99”")
        assert current(client) == before
        assert run("check", own, "--store", client.path).exit_code == 1

    def test_check_needs_no_store(self):
        assert run("check", *DEMO).exit_code == 0
        assert run("check", "template").exit_code == 0
        assert run("check", "nga_nam").exit_code == 1, "its provinces are missing"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("check", "nowhere"), "built in: calendar"),
            (("load", "provinces"), "--store DIR or --clickhouse URL"),
        ],
    )
    def test_wrong_use(self, arguments, words):
        done = run(*arguments)
        assert done.exit_code == 2
        assert words in done.stderr

    def test_a_folder_without_tables(self, tmp_path):
        assert run("check", tmp_path).exit_code == 2


class TestKpis:
    """`kpis` over the demo feed: its town's district level ended and went to three communes of H13."""

    @pytest.fixture(scope="class")
    @classmethod
    def directory(cls):
        store = emptied()
        whole = events()
        chosen = set(sorted({event["subject"] for event in whole})[::300])
        fill(store, load_catalogue(), [json.dumps(e).encode() for e in whole if e["subject"] in chosen])
        assert run("load", *DEMO, "--store", store.client.path).exit_code == 0
        return store.client.path

    @staticmethod
    def kpis(directory, *arguments):
        quarter = ("--period", "2022-Q3", "--now", "2026-01-01T00:00:00+07:00", "--format", "json")
        chosen = ["kpis", "--store", str(directory), *quarter, "--kpi", "sync_rate", *arguments]
        done = CliRunner().invoke(app, chosen)
        assert (done.exit_code, done.stderr) == (0, "")
        return json.loads(done.stdout)

    def test_then_it_was_in_soc_trang(self, directory):
        (whole,) = self.kpis(directory)
        (then,) = self.kpis(directory, "--agency", "H51")
        assert then["denominator"] == whole["denominator"] > 0
        assert self.kpis(directory, "--agency", "H13")[0]["denominator"] == 0

    def test_now_it_is_in_can_tho(self, directory):
        (whole,) = self.kpis(directory)
        (now,) = self.kpis(directory, "--agency", "H13", "--tree", "now")
        assert now["denominator"] == whole["denominator"]
        assert self.kpis(directory, "--agency", "H51", "--tree", "now")[0]["denominator"] == 0
        parts = self.kpis(directory, "--tree", "now", "--by", "agency")
        assert {row["agency"] for row in parts} == {"H13.NN.01", "H13.NN.02", "H13.NN.03"}
        assert sum(row["denominator"] for row in parts) == whole["denominator"]

    def test_the_target_is_the_one_assigned(self, directory):
        compared = ("--compare", "target", "--agency", "H51.18")
        rows = self.kpis(directory, *compared, "--kpi", "on_time_rate", "--kpi", "online_dossier_rate")
        assert {row["kpi"]: row["target"] for row in rows if row["kpi"] != "sync_rate"} == {
            "on_time_rate": 0.995,
            "online_dossier_rate": 0.9,
        }


def test_an_empty_reference_is_a_reference(client):
    load(client, Reference())
    assert stored(client).tree.branches == []
    assert all(issubclass(model, Row) for _, model, _ in TABLES.values())
