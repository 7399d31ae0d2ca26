"""Migrations on the real engine, each test in a database of its own."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import connect
from sinks.clickhouse.migrate import FOLDER, Step, applied, available, migrate, plan, statements
from streams.checkpoint import StoreError
from tests.stores import embedded

NEWEST = len(available())


@pytest.fixture
def client() -> Iterator[Client]:
    """Give a client of an empty database."""
    shared: Any = embedded().client
    shared.command("CREATE DATABASE migrating")
    client = connect(store=Path(shared.path))
    client.database = "migrating"
    yield client
    client.close()
    shared.command("DROP DATABASE migrating SYNC")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the migrations that may be changed."""
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations"))


def tables(client: Client) -> dict[str, str]:
    rows = client.query(
        "SELECT name, create_table_query FROM system.tables "
        "WHERE database = currentDatabase() AND name != 'migrations'"
    ).result_rows
    return {str(name): str(ddl) for name, ddl in rows}


def test_forwards_back_and_forwards(client: Client) -> None:
    migrate(client)
    whole = tables(client)
    assert {"events", "dossiers_current", "counts_daily_current"} <= set(whole)
    assert list(applied(client)) == list(range(1, NEWEST + 1))
    assert migrate(client) == []
    migrate(client, 0)
    assert tables(client) == {}
    assert applied(client) == {}
    migrate(client, 1)
    assert set(tables(client)) == {"events"}
    migrate(client)
    assert tables(client) == whole


def test_a_dry_run_says_everything_and_does_nothing(client: Client) -> None:
    said = migrate(client, dry_run=True)
    assert client.query("SHOW TABLES").result_rows == []
    assert migrate(client) == said
    assert said[0].startswith("CREATE TABLE IF NOT EXISTS events\n")
    back = migrate(client, 0, dry_run=True)
    assert back[-1] == "DROP TABLE IF EXISTS events SYNC"
    assert len(applied(client)) == NEWEST


def test_every_statement_can_be_run_again(client: Client) -> None:
    """So a crash between any two statements, or before the record, is mended by running again."""
    for migration in available():
        for statement in statements(migration.up):
            client.command(statement)
    assert applied(client) == {}
    migrate(client)
    whole = tables(client)
    for migration in reversed(available()):
        for statement in statements(migration.down)[:-1]:
            client.command(statement)
    migrate(client, 0)
    assert tables(client) == {}
    migrate(client)
    assert tables(client) == whole


def test_a_changed_file_is_refused(client: Client, folder: Path) -> None:
    migrate(client, folder=folder)
    first = available(folder)[0].up
    first.write_text(first.read_text(encoding="utf-8") + "-- later thoughts\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"0001_events\.up\.sql has changed since it was applied"):
        migrate(client, folder=folder)


def test_an_older_program_refuses_a_newer_database(client: Client, folder: Path) -> None:
    migrate(client)
    last = available(folder)[-1]
    last.up.unlink()
    with pytest.raises(StoreError, match=f"has migration {NEWEST}, newer than this program"):
        plan(client, folder=folder)


def test_a_goal_that_does_not_exist(client: Client) -> None:
    for goal in (-1, NEWEST + 1):
        with pytest.raises(StoreError, match="there is no migration"):
            migrate(client, goal)


def test_a_migration_needs_its_way_back(folder: Path) -> None:
    available(folder)[-1].down.unlink()
    with pytest.raises(StoreError, match=r"each needs a \.down\.sql"):
        available(folder)


def test_a_failing_statement_is_named(client: Client, folder: Path) -> None:
    last = available(folder)[-1]
    last.up.write_text("CREATE TABLE nonsense;\n", encoding="utf-8")
    with pytest.raises(StoreError, match=f"could not apply migration {NEWEST}_{last.name}"):
        migrate(client, folder=folder)
    assert len(applied(client)) == NEWEST - 1


def test_statements_are_without_comments(tmp_path: Path) -> None:
    file = tmp_path / "0001_x.up.sql"
    file.write_text("-- why;\nCREATE\n    a;\n\n-- more\nDROP b;\n", encoding="utf-8")
    migration = replace(available()[0], up=file)
    assert Step(migration, forwards=True).statements == ("CREATE\n    a", "DROP b")
