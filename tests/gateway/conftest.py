"""A gateway in front of the embedded broker, reached over TCP, and what it put into Kafka."""

from collections.abc import Iterator

import pytest

from schemas.contract import TOPICS
from streams.broker import Broker
from streams.settings import Settings
from streams.topics import ensure
from tests.gateway.door import Door, opened
from tests.gateway.written import PARTITIONS, Written


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Give the address of a broker of our own, with the contract's topics: other tests delete them."""
    with Broker() as broker:
        ensure(Settings(kafka=broker.bootstrap, partitions=PARTITIONS), TOPICS)
        yield broker.bootstrap


@pytest.fixture(scope="session")
def written(kafka: str) -> Iterator[Written]:
    """Give what was written since the last look."""
    found = Written(kafka)
    yield found
    found.close()


@pytest.fixture(scope="module")
def door(kafka: str) -> Iterator[Door]:
    """Give an open door without keys."""
    with opened(kafka) as found:
        yield found
