"""The commands around adapters give the truth, from simulate --as to kpis; wrong use says what to do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import app
from tests import program
from tests.sources.samples import SAMPLES

KEYS = {"REFORM_PULSE_PSEUDONYM_KEYS": "a=a-key-for-samples-and-tests-alone-01"}
SMALL = ("--agencies", "5", "--procedures", "20", "--dossiers", "80", "--days", "31", "--from", "2026-01-01")
SHEET = SAMPLES / "sheet" / "one-stop.csv"
MAPPING = SAMPLES / "sheet" / "one-stop.toml"


def run(*words, env=KEYS):
    return CliRunner().invoke(app, [str(word) for word in words], env=env)


def test_simulate_convert_replay_kpis_give_the_truth(tmp_path):
    calls, events, store = (tmp_path / name for name in ("calls.ndjson", "events.ndjson", "store"))
    assert run("simulate", *SMALL, "--as", "portal-dossiers", "--output", calls).exit_code == 0
    done = run("convert", "portal-dossiers", calls, "--output", events)
    assert done.exit_code == 0, done.output
    assert program.run("replay", events, "--store", store).returncode == 0
    truth = json.loads(Path(f"{calls}.truth.json").read_text())
    whole = [row for row in truth if row["agency"] is None and row["to"] == "2026-02-01"]
    names = [word for row in whole for word in ("--kpi", row["kpi"])]
    period = ("--from", "2026-01-01", "--to", "2026-02-01", "--now", "2026-02-01T00:00:00+07:00")
    found = json.loads(program.run("kpis", "--store", store, *period, *names, "--format", "json").stdout)
    assert len(found) == len(whole) > 10
    key = lambda row: row["kpi"]  # noqa: E731
    assert [row | {"agency": None} for row in sorted(found, key=key)] == sorted(whole, key=key)


def test_lists_come_with_the_mapping_that_reads_them(tmp_path):
    out = tmp_path / "list.xlsx"
    assert run("simulate", *SMALL, "--as", "documents-list", "--output", out).exit_code == 0
    done = run("convert", "sheet", out, "--configuration", out.with_suffix(".toml"))
    assert done.exit_code == 0, done.output
    assert '"vn.reform.document.snapshot.v1"' in done.stdout


def test_refused_rows_are_told_in_vietnamese_with_row_and_column():
    done = run("convert", "sheet", SHEET, "-c", MAPPING)
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 3
    assert "Dòng 7, cột “Đơn vị xử lý”" in done.stderr
    assert "row 8, column `Ngày tiếp nhận`" in done.stderr
    assert "2 bị từ chối/refused" in done.stderr


def test_preview_shows_what_was_understood_and_writes_no_events():
    done = run("convert", "sheet", SHEET, "-c", MAPPING, "--preview")
    assert "Hình thức nộp  →  channel" in done.stdout
    assert "Chủ hồ sơ" in done.stdout.splitlines()[-1]
    assert "specversion" not in done.stdout
    assert "Nguyễn" not in done.stdout


def test_totals_are_written_as_they_were_read():
    done = run("convert", "portal-totals", SAMPLES / "portal-totals" / "january.json")
    assert json.loads(done.stdout.splitlines()[0])["received"] == 120


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("convert", "nothing", SHEET), "portal-dossiers"),
        (("convert", "sheet", SHEET), "needs a mapping"),
        (("convert", "sheet", "missing.csv", "-c", MAPPING), "missing.csv"),
        (("convert", "sheet", SHEET, "-c", "missing.toml"), "missing.toml"),
        (("convert", "sheet", SHEET, "-c", SHEET), "TOML"),
        (("simulate", "--as", "nothing"), "one-stop-list"),
        (("simulate", "--as", "portal-dossiers", "--corrections", "0.1"), "corrections"),
        (("ingest",), "ingest portal-dossiers"),
        (("ingest", "portal-totals"), "reconcile"),
    ],
)
def test_wrong_use_exits_with_2_and_says_what_to_do(words, hint):
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert hint in done.stderr


@pytest.mark.parametrize("keys", ["", "secret", "a=short", "a=" + "x" * 32 + ",a@2027-01-01=" + "y" * 32])
def test_without_good_keys_nothing_is_converted(keys):
    done = run("convert", "payments", SHEET, env={"REFORM_PULSE_PSEUDONYM_KEYS": keys})
    assert done.exit_code == 2
    assert "key" in done.stderr
    assert "x" * 32 not in done.stderr
