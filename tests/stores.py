"""The one embedded store of a test process: chDB takes one directory per process, so all tests share it."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.store import ClickHouseStore

KEPT = ("migrations",)


@cache
def embedded() -> ClickHouseStore:
    """Open it with the newest schema; the directory goes with the process."""
    directory = tempfile.mkdtemp(prefix="reform-pulse-")
    store = ClickHouseStore.at(Path(directory))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    atexit.register(store.close)
    migrate(store.client)
    return store


def emptied() -> ClickHouseStore:
    """Give the store without any rows."""
    store = embedded()
    tables = store.client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    ).result_rows
    for (name,) in tables:
        if name not in KEPT:
            store.client.command(f"TRUNCATE TABLE {name} SYNC")
    return store
