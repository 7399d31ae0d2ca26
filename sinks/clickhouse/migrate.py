"""Numbered migrations, forwards and back: `migrations/NNNN_name.up.sql` and `.down.sql`.

A file that has been applied must not change; its checksum is kept. Every statement can be run again
(IF NOT EXISTS, OR REPLACE, IF EXISTS) and a migration is recorded after its last one, so that a run after a
crash, or two runs at once, end where one whole run ends.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import trouble
from sinks.clickhouse.cluster import on_cluster, sync
from streams.checkpoint import StoreError

FOLDER = Path(__file__).with_name("migrations")
# `step` counts the records: the last one of a version says whether it is applied, without a clock.
RECORD = """
CREATE TABLE IF NOT EXISTS migrations
(
    step UInt64,
    version UInt32,
    name String,
    checksum String,
    applied Bool,
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (step, version, applied)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""


class NewerSchemaError(StoreError):
    """The database was migrated by a newer program: waiting or trying again does not help."""


@dataclass(frozen=True)
class Migration:
    """One numbered change of the schema and its way back."""

    version: int
    name: str
    up: Path
    down: Path

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the forward file."""
        return hashlib.sha256(self.up.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """A migration in one direction."""

    migration: Migration
    forwards: bool

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL statements, without comments."""
        return statements(self.migration.up if self.forwards else self.migration.down)


def statements(path: Path) -> tuple[str, ...]:
    """The statements of a file; each ends with a semicolon at the end of a line."""
    text = re.sub(r"^--.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return tuple(part.strip() for part in re.split(r";\s*(?:\n|$)", text) if part.strip())


def available(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """All migrations in order; StoreError when numbers do not run 1, 2, ... or a way back is missing."""
    found = []
    for up in sorted(folder.glob("*.up.sql")):
        number, _, name = up.name.removesuffix(".up.sql").partition("_")
        found.append(Migration(int(number), name, up, up.with_name(f"{number}_{name}.down.sql")))
    for place, migration in enumerate(found, 1):
        if migration.version != place or not migration.down.exists():
            raise StoreError(f"{migration.up.name}: numbers must run 1, 2, ... and each needs a .down.sql")
    return tuple(found)


def applied(client: Client) -> dict[int, str]:
    """Checksums of the applied migrations by version, in order."""
    with trouble("read the applied migrations"):
        if not client.command("EXISTS TABLE migrations"):
            return {}
        rows = client.query(
            "SELECT version, argMax(checksum, step) FROM migrations GROUP BY version "
            "HAVING argMax(applied, step) ORDER BY version"
        ).result_rows
    return {int(version): str(checksum) for version, checksum in rows}


def plan(client: Client, to: int | None = None, folder: Path = FOLDER) -> list[Step]:
    """The steps from the database's schema to version `to` (None: the newest, 0: nothing).

    Raises StoreError when an applied file has changed, NewerSchemaError when it is not known here.
    """
    known, done = available(folder), applied(client)
    goal = len(known) if to is None else to
    if not 0 <= goal <= len(known):
        raise StoreError(f"there is no migration {goal}; the newest is {len(known)}")
    for version, checksum in done.items():
        if version > len(known):
            raise NewerSchemaError(
                f"the database has migration {version}, newer than this program: upgrade it, or go back "
                f"by the newer program's `reform-pulse migrate --to {len(known)}`"
            )
        if known[version - 1].checksum != checksum:
            raise StoreError(f"{known[version - 1].up.name} has changed since it was applied; add a new one")
    forwards = [Step(m, forwards=True) for m in known[:goal] if m.version not in done]
    return forwards + [Step(m, forwards=False) for m in reversed(known[goal:]) if m.version in done]


def migrate(
    client: Client,
    to: int | None = None,
    *,
    dry_run: bool = False,
    folder: Path = FOLDER,
    cluster: str = "",
) -> list[str]:
    """Bring the schema to version `to` (None: the newest); returns the statements.

    dry_run: change nothing. cluster: on all replicas of this one. Going back drops tables with what is in
    them. Raises StoreError, also when the tables are there and are not of such a cluster.
    """
    _check_engine(client, cluster)
    steps = plan(client, to, folder)
    if not dry_run:
        for step in steps:
            _run(client, step, cluster)
    return [
        each for step in steps for statement in step.statements for each in on_cluster(statement, cluster)
    ]


def _check_engine(client: Client, cluster: str) -> None:
    """What is there must be of the kind that is made now. Also brings the record up to date."""
    with trouble("look for the tables"):
        engine = client.command(
            "SELECT any(engine) FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"
        )
    replicated = str(engine).startswith("Replicated")
    if engine and cluster and not replicated:
        raise StoreError(
            f"setting `clickhouse_cluster` is `{cluster}`, but this database has tables that do not "
            "replicate, made without it: docs/install.md, `A small cluster`, says how to move them"
        )
    if replicated and not cluster:
        raise StoreError(
            "the tables of this database replicate: set `clickhouse_cluster` to their cluster's name"
        )
    if replicated:
        sync(client, cluster, "migrations")


def _run(client: Client, step: Step, cluster: str) -> None:
    migration = step.migration
    with trouble(f"apply migration {migration.version}_{migration.name}"):
        for statement in (RECORD.strip(), *step.statements):
            if statement.startswith("INSERT "):
                sync(client, cluster, *re.findall(r"\bFROM (\w+)", statement))
            for each in on_cluster(statement, cluster):
                client.command(each)
        sync(client, cluster, "migrations")
        client.command(
            "INSERT INTO migrations (step, version, name, checksum, applied) "
            "SELECT (SELECT max(step) + 1 FROM migrations), {version:UInt32}, {name:String}, "
            "{checksum:String}, {applied:Bool}",
            parameters={
                "version": migration.version,
                "name": migration.name,
                "checksum": migration.checksum,
                "applied": step.forwards,
            },
        )
