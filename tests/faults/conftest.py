"""Faults are tried on a real Apache Kafka where Java is, else on the embedded broker."""

from collections.abc import Iterator

import pytest

from streams.broker import Broker
from tests.brokers import ApacheKafka, missing
from tests.e2e.conftest import front, log, program

__all__ = ["front", "log", "program"]


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Broker | ApacheKafka:
    """One for the whole run, for tests that leave it alone."""
    found: Broker | ApacheKafka = request.getfixturevalue("embedded_broker" if missing() else "apache_kafka")
    return found


@pytest.fixture
def own_kafka() -> Iterator[ApacheKafka]:
    """A Kafka that may be killed; skips where Java or Maven is missing."""
    if reason := missing():
        pytest.skip(reason)
    with ApacheKafka() as started:
        yield started
