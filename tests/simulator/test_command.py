"""The command `simulate`."""

import json
import subprocess
import sys

import pytest
from confluent_kafka import TopicPartition
from typer.testing import CliRunner

from schemas.catalogue import load
from schemas.reference.check import mistakes as wrong_in
from schemas.reference.tables import gather
from streams.cli.main import app
from tests.clients import Client

SMALL = (
    "--agencies",
    "12",
    "--procedures",
    "60",
    "--dossiers",
    "300",
    "--days",
    "30",
    "--from",
    "2026-01-05",
)


def run(*options):
    return CliRunner().invoke(app, ["simulate", *SMALL, *options])


def test_writes_events_and_the_truth(tmp_path):
    out = tmp_path / "events.ndjson"
    done = run("--output", str(out), "--duplicates", "0.1")
    assert done.exit_code == 0, done.output
    lines = out.read_text().splitlines()
    truth = json.loads((tmp_path / "events.ndjson.truth.json").read_text())
    assert f"{len(lines):,}  events sent" in done.stderr
    assert str(tmp_path / "events.ndjson.truth.json") in done.stderr
    assert {"kpi", "agency", "from", "to", "numerator", "denominator", "value"} == set(truth[0])


def test_who_reads_it_may_have_enough_of_it() -> None:
    """As `reform-pulse simulate | head` does."""
    command = [sys.executable, "-m", "streams", "simulate", *SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_writes_to_standard_output_and_the_truth_where_it_is_told(tmp_path):
    done = run("--truth", str(tmp_path / "t.json"))
    assert len(done.stdout.splitlines()) > 1_000
    assert json.loads(done.stdout.splitlines()[0])["specversion"] == "1.0"
    assert (tmp_path / "t.json").exists()
    assert run().stdout == done.stdout


def test_writes_reference_data_that_pass_the_check(tmp_path):
    assert run("--reference", str(tmp_path), "--output", str(tmp_path / "e.ndjson")).exit_code == 0
    reference, mistakes = gather([tmp_path / "agencies.csv", tmp_path / "procedures.csv"])
    assert mistakes == []
    assert wrong_in(reference, load()) == []
    assert len(reference.agencies) == 12
    assert len(reference.procedures) == 60


def test_sends_to_kafka_under_the_keys_of_the_contract(embedded_broker):
    client = Client(embedded_broker.bootstrap)
    before = client.ends("reform.tasks")  # the broker is shared: other tests' tasks lie there already
    done = run("--kafka", embedded_broker.bootstrap, "--corrections", "0")
    assert done.exit_code == 0, done.output
    tasks = {line for line in run("--corrections", "0").stdout.splitlines() if ".task." in line}
    with client.consumer() as consumer:
        partitions = range(client.partitions("reform.tasks"))
        consumer.assign([TopicPartition("reform.tasks", n, before.get(n, 0)) for n in partitions])
        records = client.take(consumer, len(tasks))
    assert {record.value().decode() for record in records} == tasks
    assert all(json.loads(record.value())["subject"] == record.key().decode() for record in records)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (("--scenario", "x", "--scenario-agency", "H51"), "online-rate-falls"),
        (("--scenario", "signing-low"), "--scenario-agency"),
        (("--scenario", "signing-low", "--scenario-agency", "H52"), "H51.29"),
        (("--scenario", "signing-low", "--scenario-agency", "H51", "--scenario-from", "2020-01-01"), "run"),
        (("--agencies", "2"), "3 to 360"),
        (("--from", "tomorrow"), "2025-07-01"),
        (("--years", "2"), "not both"),
        (("--rate", "5", "--real-time"), "--rate"),
    ],
)
def test_wrong_use_exits_with_2(options, hint):
    done = run(*options)
    assert done.exit_code == 2
    assert hint in done.stderr
