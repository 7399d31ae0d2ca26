"""Commands used wrongly: exit code 2 and one clear line. Asked for help: an answer without heavy imports."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.program import Program

HEAVY = ("aiokafka", "chdb", "clickhouse_connect", "confluent_kafka", "faust", "numpy", "polars", "pyarrow")
HELP = f"""
import json, sys
from typer.testing import CliRunner
from streams.cli.main import app

early = [name for name in ("pydantic",) if name in sys.modules]  # help of one command may ask the settings
names = [command.name or command.callback.__name__ for command in app.registered_commands]
results = {{name: CliRunner().invoke(app, [name, "--help"]) for name in names}}
codes = {{name: result.exit_code for name, result in results.items()}}
print(json.dumps([codes, early + [name for name in {HEAVY} if name in sys.modules]]))
"""
PERIOD = ("--period", "2022-Q3")
STORE = ("--store", "store")
WRONG = {
    ("kpis", *PERIOD): "say where the numbers are: --store DIR or --clickhouse URL",
    ("kpis", *PERIOD, "--store", "none"): "there is no store at none",
    ("kpis", *STORE): "say which period",
    ("kpis", *STORE, "--period", "2022-13"): "`2022-13` is no period",
    ("kpis", *STORE, "--from", "01/07/2022", "--to", "2022-10-01"): "`01/07/2022` is no date",
    ("kpis", *STORE, *PERIOD, "--kpi", "online_rate"): "unknown KPI `online_rate`",
    ("kpis", *STORE, *PERIOD, "--now", "2022-10-01"): "--now `2022-10-01`",
    ("kpis", *STORE, *PERIOD, "--catalogue", "none.toml"): "none.toml",
    ("kpis", *PERIOD, "--clickhouse", "http://127.0.0.1:9"): "ClickHouse could not connect",
    ("verify",): "say where the numbers are: --store DIR or --clickhouse URL",
    ("verify", "--store", "none"): "there is no store at none",
    ("migrate",): "say which schema: --store DIR or --clickhouse URL",
    ("replay", "none.ndjson", *STORE): "there is no file none.ndjson",
    ("replay", ".", *STORE): "Is a directory",
    ("send", "none.ndjson"): "there is no file none.ndjson",
    ("send", "."): "there is no file .",
}


def test_help_of_every_command_answers_without_heavy_imports(alone: Program) -> None:
    told = alone.run("--help")
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    codes, heavy = json.loads(done.stdout)
    assert heavy == []
    assert {"kpis", "replay", "send", "up", "verify", "worker"} <= set(codes)
    assert set(codes.values()) == {0}
    assert not [name for name in codes if f" {name} " not in told]


def test_wrong_use_is_one_line_and_exit_code_2(alone: Program) -> None:
    alone.run("migrate", *STORE)
    for (words, message), (code, out, errors) in zip(WRONG.items(), alone.try_all(*WRONG), strict=True):
        assert (code, out, errors.count("\n")) == (2, "", 1), f"{words}: {code}\n{out}\n{errors}"
        assert errors.startswith("reform-pulse: "), f"{words}: {errors}"
        assert message in errors, f"{words}: {errors}"


def test_wrong_settings_are_one_line_and_exit_code_2(tmp_path: Path) -> None:
    for setting, value, message in (
        ("partitions", 0, "settings: partitions: Input should be greater than or equal to 1"),
        ("settings", "none.toml", "REFORM_PULSE_SETTINGS names `none.toml`, and there is no such file"),
    ):
        out, errors = Program(tmp_path, **{setting: value}).tell("worker", *STORE, code=2)
        assert (out, errors) == ("", f"reform-pulse: {message}\n")


def test_an_unknown_command_or_option_is_told(alone: Program) -> None:
    for (words, message), (code, out, errors) in zip(
        (found := {("kpi",): "No such command 'kpi'", ("kpis", "--perod", "2022"): "--perod"}).items(),
        alone.try_all(*found),
        strict=True,
    ):
        assert (code, out) == (2, ""), words
        assert message in errors
