"""An older worker that meets a database of a newer release stops at once, and touches nothing."""

from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import pytest

from sinks.clickhouse.migrate import available
from tests.clickhouse_front import Front
from tests.e2e.conftest import front
from tests.e2e.program import Program

__all__ = ["front"]

NEWER = len(available()) + 1
LATER = (
    "INSERT INTO migrations (step, version, name, checksum, applied) "
    "SELECT max(step) + 1, {version:UInt32}, 'of_a_newer_release', 'x', true FROM migrations"
)
SAID = (
    f"reform-pulse: the database has migration {NEWER}, newer than this program: upgrade it, or go back "
    f"by the newer program's `reform-pulse migrate --to {NEWER - 1}`\n"
)


@pytest.fixture
def server(front: Front) -> Iterator[str]:
    """Give a server that a newer release has migrated."""
    client = clickhouse_connect.get_client(dsn=front.url)
    client.command(LATER, parameters={"version": NEWER})
    yield front.url
    client.command(f"ALTER TABLE migrations DELETE WHERE version = {NEWER} SETTINGS mutations_sync = 1")
    client.close()


def test_a_worker_meets_a_newer_server(server: str, tmp_path: Path) -> None:
    told = Program(tmp_path).tell("worker", "--clickhouse", server, code=2)
    assert told == ("", SAID)


def test_only_the_newer_program_can_go_back(server: str, tmp_path: Path) -> None:
    told = Program(tmp_path).tell("migrate", "--clickhouse", server, "--to", NEWER - 1, code=2)
    assert told == ("", SAID)
