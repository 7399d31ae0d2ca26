"""The store of each test: the embedded engine, or the same engine behind HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from sinks.clickhouse.store import ClickHouseStore
from tests.clickhouse_front import Front
from tests.stores import embedded, emptied


@pytest.fixture
def store() -> ClickHouseStore:
    """Give the embedded store, migrated and without rows."""
    return emptied()


@pytest.fixture
def front() -> Iterator[Front]:
    """Give a server over the same engine."""
    client: Any = embedded().client
    with Front(client.path) as front:
        yield front


@pytest.fixture
def server(store: ClickHouseStore, front: Front) -> Iterator[ClickHouseStore]:
    """Give the store by way of the server."""
    assert store
    found = ClickHouseStore.at(url=front.url, timeout=10)
    yield found
    found.close()


@pytest.fixture(params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> ClickHouseStore:
    """Give the store by each of the two ways."""
    name = {"embedded": "store", "server": "server"}[request.param]
    found: ClickHouseStore = request.getfixturevalue(name)
    return found
