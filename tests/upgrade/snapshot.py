"""The golden snapshot of a release: `python -m tests.upgrade.snapshot VERSION` makes its folder.

`before.ndjson` and `after.ndjson`: events before and after the snapshot. `tables/*.parquet`: all tables as
the release left them after the first. `migrations.json`: those it had, by number. `kpis-*.csv`: what the
figures were before and after the rest. Made once per release, before its tag, and never again: later programs
must cope. A figure whose definition a later release changes on purpose leaves the file, and the changelog
says so.
"""

import json
import sys
import tempfile
from pathlib import Path

from clickhouse_connect.driver.client import Client

from schemas.catalogue import load
from schemas.reference.tables import gather
from sinks.clickhouse.migrate import applied, migrate
from sinks.clickhouse.reference import load as load_reference
from sinks.clickhouse.store import ClickHouseStore
from tests.upgrade.database import database
from tests.upgrade.feed import feed, reference
from tests.upgrade.folding import fold
from tests.upgrade.numbers import rows

FOLDER = Path(__file__).with_name("snapshots")
MIGRATIONS = "migrations.json"
TABLES = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
    "AND name != 'migrations' ORDER BY name"
)
PARQUET = {"output_format_parquet_compression_method": "zstd", "output_format_parquet_string_as_string": 1}


def take(folder: Path) -> None:
    """Make the snapshot of the current program."""
    (folder / "tables").mkdir(parents=True)
    catalogue, (before, after) = load(), feed()
    with database("snapshot") as store:
        migrate(store.client)
        _reference(store)
        fold(store, catalogue, before)
        for (name,) in store.client.query(TABLES).result_rows:
            _dump(store.client, name, folder / "tables")
        recorded = json.dumps(applied(store.client), indent=2)
        figures = rows(store, catalogue)
        fold(store, catalogue, after)
        _write(folder / "kpis-after.csv", rows(store, catalogue))
    _write(folder / "kpis-before.csv", figures)
    _write(folder / "before.ndjson", before)
    _write(folder / "after.ndjson", after)
    _write(folder / MIGRATIONS, [recorded])


def restore(store: ClickHouseStore, folder: Path) -> None:
    """Make the database as the release left it: its own schema, its rows."""
    recorded = {int(version): checksum for version, checksum in migrations(folder).items()}
    migrate(store.client, max(recorded))
    assert applied(store.client) == recorded, "a migration of a release may not change"
    for file in sorted((folder / "tables").iterdir()):
        store.client.raw_insert(file.stem, None, file.read_bytes(), fmt="Parquet")


def migrations(folder: Path) -> dict[str, str]:
    """Checksums of the migrations that the release had, by number."""
    found: dict[str, str] = json.loads((folder / MIGRATIONS).read_text(encoding="utf-8"))
    return found


def _reference(store: ClickHouseStore) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found, wrong = gather(list(reference(Path(folder))))
    assert not wrong
    load_reference(store.client, found)


def _dump(client: Client, table: str, folder: Path) -> None:
    data = client.raw_query(f"SELECT * FROM {table} ORDER BY ALL", fmt="Parquet", settings=PARQUET)  # noqa: S608
    (folder / f"{table}.parquet").write_bytes(data)


def _write(file: Path, lines: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    """Make the snapshot of the version that is named."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.upgrade.snapshot VERSION")
    folder = FOLDER / sys.argv[1]
    if folder.exists():
        sys.exit(f"{folder} is there already: the snapshot of a release is not made again")
    take(folder)
    print(f"{folder}: {sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()):,} bytes")


if __name__ == "__main__":
    main()
