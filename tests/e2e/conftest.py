"""A program with a directory of its own, and a broker without any of the contract's topics, per test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.broker import Broker
from tests.brokers import ApacheKafka
from tests.clickhouse_front import Front
from tests.e2e.kafka import Log
from tests.e2e.program import Program
from tests.stores import emptied


@pytest.fixture
def log(best_broker: Broker | ApacheKafka, request: pytest.FixtureRequest) -> Iterator[Log]:
    """Give the broker's logs, all new; the group is the test's own."""
    found = Log(best_broker.bootstrap, str(request.node.name))
    found.clear()
    yield found
    found.close()


@pytest.fixture
def program(log: Log, tmp_path: Path) -> Iterator[Program]:
    """Give the program with the broker in its settings."""
    started = Program(tmp_path, kafka=log.bootstrap, group=log.group)
    yield started
    started.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Program]:
    """Give the program without a broker."""
    started = Program(tmp_path)
    yield started
    started.close()


@pytest.fixture
def front() -> Iterator[Front]:
    """Give an empty ClickHouse server with the newest schema."""
    client: Any = emptied().client
    with Front(client.path) as server:
        yield server
