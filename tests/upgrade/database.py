"""An empty database of the test process's embedded engine, as a store of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import connect
from sinks.clickhouse.store import ClickHouseStore
from tests.stores import embedded


@contextmanager
def database(name: str) -> Iterator[ClickHouseStore]:
    """Make it without any table; it goes with the context."""
    shared: Any = embedded().client
    shared.command(f"CREATE DATABASE {name}")

    def opened() -> Client:
        client = connect(store=Path(shared.path))
        client.database = name
        return client

    store = ClickHouseStore(opened)
    try:
        yield store
    finally:
        store.close()
        shared.command(f"DROP DATABASE {name} SYNC")
