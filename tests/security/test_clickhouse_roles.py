"""deploy/clickhouse/users.d at the real engine: what each user may do is what its work needs.

The embedded engine enforces profiles, quotas, rights and row filters of a users file (see clickhouse_as), but
keeps no users that SQL makes: the statements of `clickhouse reader` are checked by its parser, and their
conditions as filters of the file.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from schemas.catalogue import load
from sinks.clickhouse.client import connect
from sinks.clickhouse.row_policies import WITHHELD, conditions, reader
from sinks.clickhouse.store import ClickHouseStore
from streams.domain import Domain
from streams.offline import Line, replay
from tests.e2e import feed
from tests.security.conftest import command

ADMIN, WORKER, API, READER = (f"reform_pulse_{role}" for role in ("admin", "worker", "api", "reader"))
AGENCY = "H51.18.01"
QUESTION = ("--period", "2022-Q3", "--format", "json")
READ_ONLY = "READONLY|ACCESS_DENIED"
DENIED = "ACCESS_DENIED|Not enough privileges"


@contextmanager
def clickhouse(directory: Path, user: str, **filters: str) -> Iterator[str]:
    """A server in which every client is this user; gives its address."""
    words = [f"{table}={condition}" for table, condition in filters.items()]
    command = [sys.executable, "-m", "tests.security.clickhouse_as", str(directory), user, *words]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store that the administrator migrated, the worker filled, and the administrator verified."""
    folder = tmp_path_factory.mktemp("roles") / "store"
    with clickhouse(folder, ADMIN) as url:
        well("migrate", "--clickhouse", url)
        well("reference", "load", "provinces", "nga_nam", "--clickhouse", url)
    lines = (Line("feed", number, feed.line(event)) for number, event in enumerate(feed.slice_of(200), 1))
    with clickhouse(folder, WORKER) as url:
        store = ClickHouseStore.at(url=url)
        assert replay(lines, store, Domain(load()), pytest.fail, lambda _: None) > 0
        store.close()
        well("digest", "--now", "2022-10-01T00:10:00+07:00", "--clickhouse", url)
    with clickhouse(folder, ADMIN) as url:
        well("verify", "--clickhouse", url)  # it makes temporary tables
    return folder


def well(*words: str) -> None:
    """The command does it."""
    done = command({}, *words)
    assert done.exit_code == 0, (words, done.output, done.exception)


def refused(client: Any, statement: str, why: str = DENIED) -> None:
    """The statement is not done."""
    with pytest.raises(Exception, match=why):
        client.command(statement)


def test_the_worker_changes_no_schema_and_no_user(directory: Path) -> None:
    with clickhouse(directory, WORKER) as url:
        client = connect(url=url)
        for statement in (
            "DROP TABLE events",
            "ALTER TABLE events DELETE WHERE 1",
            "CREATE TABLE t (a Int8) ENGINE = Log",
        ):
            refused(client, statement)
        refused(client, "CREATE USER mallory")


def test_the_api_reads_all_within_bounds_and_writes_nothing(directory: Path) -> None:
    with clickhouse(directory, API) as url:
        client = connect(url=url)
        assert client.command("SELECT count() FROM events") > 0
        assert client.command("SELECT count() FROM counts_daily_current SETTINGS max_execution_time = 10") > 0
        refused(client, "INSERT INTO progress (topic) VALUES ('x')", READ_ONLY)
        refused(client, "TRUNCATE TABLE events", READ_ONLY)
        refused(client, "SELECT 1 SETTINGS max_execution_time = 1000", "SETTING_CONSTRAINT_VIOLATION")
        refused(client, "SELECT 1 SETTINGS max_execution_time = 0", "SETTING_CONSTRAINT_VIOLATION")
        refused(client, "SELECT 1 SETTINGS apply_row_policy_after_final = 0", "SETTING_CONSTRAINT_VIOLATION")
        refused(
            client, "SELECT * FROM file('/etc/passwd', 'LineAsString')", "readonly|READONLY|ACCESS_DENIED"
        )


def test_a_reader_sees_figures_and_no_event(directory: Path) -> None:
    with clickhouse(directory, READER) as url:
        client = connect(url=url)
        assert client.command("SELECT count() FROM counts_daily_current") > 0
        assert client.command("SELECT count() FROM dossiers_current") > 0
        refused(client, "SELECT count() FROM events")


def test_a_readers_quota_ends(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUERIES", "20")
    with clickhouse(directory, READER) as url:
        client = connect(url=url)
        question = "SELECT count() FROM counts_daily_current"  # of `SELECT 1` no quota takes notice
        assert client.command(question) > 0
        with suppress(DatabaseError):
            for _ in range(40):  # twice as many, since its hour may end in between
                client.command(question)
        refused(client, question, "QUOTA_EXCEEDED|has been exceeded")


def test_a_commune_sees_its_own_subtree_alone(directory: Path) -> None:
    with clickhouse(directory, ADMIN) as url:
        client = connect(url=url)
        filters = conditions(client, AGENCY)
        everything = {table: agencies(client, table) for table in filters}
    assert {"counts_daily", "counts_hourly", "dossiers", "documents", "digest_figures"} <= filters.keys()
    assert not filters.keys() & WITHHELD
    with clickhouse(directory, READER, **filters) as url:
        client = connect(url=url)
        seen = {table: agencies(client, table) for table in filters}
        rows = client.query("SELECT DISTINCT agency FROM counts_daily_current").result_rows
    for table, every in everything.items():
        assert seen[table] == {agency for agency in every if agency == AGENCY}, table
    assert len(everything["counts_daily"]) > 1
    assert rows == [(AGENCY,)]


def agencies(client: Any, table: str) -> set[str]:
    """Those that the table's rows name."""
    kinds = "SELECT type FROM system.columns WHERE table = {table:String} AND name = 'agency'"
    register = str(client.command(kinds, parameters={"table": table})).startswith("SimpleAggregateFunction")
    column = "agency.value" if register else "agency"
    rows = client.query(f"SELECT DISTINCT {column} FROM {table} FINAL").result_rows  # noqa: S608
    return {str(row[0]) for row in rows}


@pytest.mark.parametrize("cluster", ["", "reform_pulse"])
def test_the_sql_of_a_reader_is_read_by_the_engine(directory: Path, cluster: str) -> None:
    with clickhouse(directory, ADMIN) as url:
        client = connect(url=url)
        statements = reader(client, "ward_1", AGENCY, "0" * 64, cluster)
        for statement in statements:
            text = {"text": statement}
            formatted = str(client.command("SELECT formatQuerySingleLine({text:String})", parameters=text))
            assert formatted.startswith(("CREATE USER ", "GRANT ", "CREATE ROW POLICY "))
            assert (f"ON CLUSTER {cluster}" in formatted) == bool(cluster)
        tables = {row[0] for row in client.query("SHOW TABLES").result_rows}
        policies = conditions(client, AGENCY)
    kinds = [statement.split()[1] if statement.startswith("CREATE") else "GRANT" for statement in statements]
    assert kinds == ["USER", *["ROW"] * len(policies), *["GRANT"] * len(tables - WITHHELD)]


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff"])
def test_a_file_without_a_password_is_no_password(directory: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    words = ("clickhouse", "reader", "ward_1", "--agency", "H51", "--store", str(directory))
    done = command({}, *words, "--password-file", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"reform-pulse: {file} is ")


def test_the_command_shows_the_password_beside_the_sql(directory: Path) -> None:
    with clickhouse(directory, ADMIN) as url:
        words = ("clickhouse", "reader", "ward_1", "--clickhouse", url, "--agency")
        done, nobody = command({}, *words, AGENCY), command({}, *words, "H99")
    password = done.stderr.strip().removeprefix("ward_1: ")
    assert len(password) > 30
    assert password not in done.stdout
    assert hashlib.sha256(password.encode()).hexdigest() in done.stdout
    assert all(line.endswith(";") for line in done.stdout.splitlines())
    assert nobody.exit_code == 2
    assert "there is no agency H99 in the reference data" in nobody.stderr
