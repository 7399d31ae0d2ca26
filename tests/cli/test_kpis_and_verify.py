"""The commands `kpis` and `verify`, on a real store."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from schemas.catalogue import load
from schemas.reference.agency import Agency
from schemas.reference.row import AgencyLevel
from schemas.reference.tables import Reference
from sinks.clickhouse.reference import load as load_reference
from sources.nga_nam import AGENCIES, events
from streams.cli.main import app
from tests.naive import fill
from tests.stores import embedded, emptied

EVERY = 200
QUARTER = ("--period", "2022-Q3", "--now", "2023-01-01T00:00:00+07:00")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def directory():
    """A store with some hundred entities; gives its directory."""
    store = emptied()
    whole = events()
    chosen = set(sorted({event["subject"] for event in whole})[::EVERY])
    fill(store, load(), [json.dumps(e).encode() for e in whole if e["subject"] in chosen])
    return store.client.path


def rows(*arguments):
    result = run("kpis", *arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


@pytest.fixture
def other_measures(tmp_path):
    """A catalogue with a measure that the store knows nothing of."""
    own = tmp_path / "other.toml"
    own.write_text('[[measure]]\nname = "new"\nentity = "dossier"\nat = "ended_at"\nwhere = "NOT voided"\n')
    return own


class TestKpis:
    def test_json_is_one_list_of_rows(self, directory):
        found = rows("--store", directory, *QUARTER)
        assert {row["kpi"].partition(".")[0] for row in found} == {f.name for f in load().figures}
        assert set(found[0]) == {"kpi", "agency", "from", "to", "numerator", "denominator", "value"}
        online = next(row for row in found if row["kpi"] == "online_dossier_rate")
        assert online["value"] == online["numerator"] / online["denominator"]
        assert (online["from"], online["to"], online["agency"]) == ("2022-07-01", "2022-10-01", None)

    def test_dates_and_period_are_the_same(self, directory):
        dates = ("--from", "2022-07-01", "--to", "2022-10-01", *QUARTER[2:])
        assert rows("--store", directory, *dates) == rows("--store", directory, *QUARTER)

    def test_an_agency_in_whole_and_alone(self, directory):
        chosen = ("--kpi", "sync_rate", "--agency", "H51.18", *QUARTER)
        (whole,) = rows("--store", directory, *chosen)
        (alone,) = rows("--store", directory, *chosen, "--self-only")
        parts = rows("--store", directory, *chosen, "--by", "agency")
        assert whole["agency"] == "H51.18"
        assert whole["denominator"] == sum(row["denominator"] for row in parts) > alone["denominator"]

    def test_csv_has_the_by_column(self, directory):
        result = run("kpis", "--store", directory, *QUARTER, "--by", "month", "--format", "csv")
        found = list(csv.DictReader(io.StringIO(result.stdout)))
        assert {row["month"] for row in found} == {"2022-07", "2022-08", "2022-09"}

    def test_the_table_is_vietnamese_first(self, directory):
        result = run("kpis", "--store", directory, *QUARTER)
        assert "Tỷ lệ hồ sơ nộp trực tuyến" in result.stdout
        assert "Dossiers submitted online" in result.stdout
        assert "01/07/2022 – 30/09/2022" in result.stdout
        assert " %" in result.stdout

    def test_what_cannot_be_split_is_told(self, directory):
        chosen = ("--kpi", "in_time_rate", "--kpi", "sync_rate", "--by", "hour", "--format", "json")
        result = run("kpis", "--store", directory, *QUARTER, *chosen)
        assert (result.exit_code, result.stderr) == (0, "left out: in_time_rate cannot be split by hour\n")
        assert {row["kpi"] for row in json.loads(result.stdout)} == {"sync_rate"}

    def test_a_catalogue_of_the_province(self, directory, tmp_path):
        own = tmp_path / "own.toml"
        own.write_text(
            '[[kpi]]\nname = "ours"\nnumerator = "dossiers_granted"\ndenominator = "dossiers_received"\n'
            'vi = "Của tỉnh"\nen = "Ours"\n'
        )
        (row,) = rows("--store", directory, *QUARTER, "--catalogue", own, "--kpi", "ours")
        assert row["denominator"] > 0

    def test_measures_that_nobody_counted_are_told(self, directory, other_measures):
        result = run("kpis", "--store", directory, *QUARTER, "--catalogue", other_measures)
        assert result.exit_code == 0
        assert result.stderr.startswith("warning: reform.dossiers was counted with other measures")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--period", "2022-Q5"), "`2022-Q5` is no period"),
            ((), "say which period"),
            (("--from", "2022-07-01", "--to", "2022-07-01"), "the period is empty"),
            (("--period", "2022", "--kpi", "sync_rat"), "unknown KPI `sync_rat`; did you mean `sync_rate`?"),
            (("--period", "2022", "--now", "today"), "--now `today`"),
            (("--period", "2022"), "say where the numbers are"),
            (("--period", "2022", "--store", "/nowhere/at/all"), "there is no store at /nowhere/at/all"),
            (("--period", "2022", "--clickhouse", "ftp://x"), "is no ClickHouse URL"),
            (("--period", "2022", "--clickhouse", "http://a", "--store", "b"), "either a store directory or"),
            (("--period", "2022", "--catalogue", "/no/such.toml"), "/no/such.toml"),
        ],
    )
    def test_wrong_use_is_one_line_and_exit_2(self, arguments, message):
        result = run("kpis", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("reform-pulse: ")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


class TestWindowsAndComparisons:
    NOW = ("--now", "2022-08-10T10:30:00+07:00", "--kpi", "online_dossier_rate")

    def test_a_window_of_hours(self, directory):
        (row,) = rows("--store", directory, "--window", "24h", *self.NOW)
        assert (row["from"], row["to"]) == ("2022-08-09T11:00+07:00", "2022-08-10T11:00+07:00")
        parts = rows("--store", directory, "--window", "24h", "--by", "hour", *self.NOW)
        assert sum(part["denominator"] for part in parts) == row["denominator"] > 0
        agencies = rows("--store", directory, "--window", "24h", "--by", "agency", *self.NOW)
        assert sum(part["denominator"] for part in agencies) == row["denominator"]

    def test_an_administrative_period_says_what_it_is(self, directory):
        result = run("kpis", "--store", directory, "--period", "2022-Q3-admin", *self.NOW)
        assert "15/06/2022 – 14/09/2022" in result.stdout
        assert "kỳ báo cáo hành chính" in result.stderr

    def test_compared_with_the_period_before_and_the_target(self, directory):
        both = ("--compare", "previous", "--compare", "target")
        (row,) = rows("--store", directory, "--period", "2022-09", *both, *QUARTER[2:], *self.NOW[2:])
        (august,) = rows("--store", directory, "--period", "2022-08", *QUARTER[2:], *self.NOW[2:])
        assert row["previous_denominator"] == august["denominator"]
        assert row["change"] == row["value"] - august["value"]
        assert row["target"] is not None

    def test_agencies_in_order(self, directory):
        ranked = ("--rank", "--minimum", "1", *self.NOW[2:])
        found = rows("--store", directory, *QUARTER, *ranked)
        values = [row["value"] for row in found if row["rank"]]
        assert len(values) > 1
        assert values == sorted(values, reverse=True)

    def test_agencies_added_up_by_their_codes_and_by_the_tree(self, directory):
        ranked = ("--store", directory, *QUARTER, "--rank", "--minimum", "1", "--depth", "1", *self.NOW[2:])
        (by_code,) = rows(*ranked)
        assert by_code["agency"] == "H51"
        client = embedded().client
        top = Agency(code="T", name="t", level=AgencyLevel.PROVINCE)
        below = (Agency(code=c, name=c, level=AgencyLevel.COMMUNE, parent="T") for c in AGENCIES)
        load_reference(client, Reference({"agencies": (top, *below)}))
        try:
            (by_tree,) = rows(*ranked)
        finally:
            client.command("TRUNCATE TABLE reference_versions SYNC")
        assert by_tree == by_code | {"agency": "T"}

    def test_a_ranking_is_of_one_kpi(self, directory):
        result = run("kpis", "--store", directory, *QUARTER, "--rank")
        assert result.exit_code == 2
        assert "give one --kpi" in result.stderr


class TestExplain:
    def told(self, directory, *arguments):
        result = run("explain", *arguments, "--store", directory, *QUARTER, "--format", "json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def test_the_number_its_sums_and_those_behind_it(self, directory):
        (row,) = rows("--store", directory, "--kpi", "online_dossier_rate", *QUARTER)
        told = self.told(directory, "online_dossier_rate", "--which", "numerator", "--limit", "10000")
        assert {name: told[name] for name in row} == row
        assert [m["value"] for m in told["measures"]] == [row["numerator"], row["denominator"]]
        assert len(told["rows"]) == row["numerator"] > 0

    def test_what_happened_to_one(self, directory):
        (one,) = self.told(directory, "online_dossier_rate", "--which", "numerator", "--limit", "1")["rows"]
        told = self.told(directory, "online_dossier_rate", "--history", one["subject"])
        assert {"vn.reform.dossier.received.v1"} <= {event["type"] for event in told["rows"]}

    def test_people_are_shown_the_rule(self, directory):
        result = run("explain", "online_dossier_rate", "--store", directory, *QUARTER)
        assert result.exit_code == 0
        assert "channel = 'online' AND NOT voided" in result.stdout
        assert "Quyết định 766/QĐ-TTg" in result.stdout

    def test_a_figure_of_several_is_refused(self, directory):
        arguments = ("--store", directory, "--period", "2026-01")
        result = run("explain", "decision_766_score", *arguments)
        assert result.exit_code == 2
        assert "several" in result.stderr


class TestVerify:
    def test_agreement(self, directory):
        result = run("verify", "--store", directory)
        assert result.exit_code == 0
        assert "dossiers: " in result.stdout
        assert "0 differ" in result.stdout
        assert result.stdout.endswith("stored and recounted agree\n")

    def test_another_catalogue_is_no_difference_but_wrong_use(self, directory, other_measures):
        result = run("verify", "--store", directory, "--catalogue", other_measures)
        assert result.exit_code == 2
        assert "reform.dossiers was counted with other measures; name its --catalogue" in result.stderr

    def test_differences(self, directory):
        store = emptied()
        store.client.insert("tasks", [[f"ghost {n}"] for n in range(30)], column_names=["subject"])
        result = run("verify", "--store", directory)
        assert result.exit_code == 1
        assert "  tasks subject=ghost 0: stored there, recounted not there" in result.stdout
        assert result.stdout.count("  tasks subject=") == 20
        assert result.stdout.endswith("30 differ in all (20 differences shown)\n")

    def test_json(self, directory):
        store = emptied()
        store.client.insert("tasks", [["ghost"]], column_names=["subject"])
        result = run("verify", "--store", directory, "--format", "json")
        document = json.loads(result.stdout)
        assert (result.exit_code, document["different"]) == (1, 1)
        assert document["differences"] == [
            {"table": "tasks", "subject": "ghost", "stored": "there", "recounted": None}
        ]
