"""Kafka goes away and comes back: 503 meanwhile, nothing answered 202 is lost, it goes on by itself."""

import pytest

from schemas.contract import TOPICS
from streams.broker import Broker, _arguments, _binary
from streams.child import Child
from streams.settings import Settings
from streams.topics import ensure
from tests.brokers import ApacheKafka
from tests.gateway.door import EVENT, Door, opened
from tests.gateway.written import PARTITIONS, Written


def events(name: str, number: int = 20) -> list[dict]:
    return [EVENT | {"id": f"{name}-{each:02}"} for each in range(number)]


def test_no_kafka_at_all_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with opened("127.0.0.1:9", timeout=1) as door:
        response = door.post(EVENT)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"
        assert response.json()["type"] == "/problems/unavailable"
        assert door.batch(EVENT, 7).status_code == 503
        assert door.batch(7).status_code == 422  # what is wrong anyway can be told without Kafka
        assert door.counted.taken == {}
    assert EVENT["subject"] not in caplog.text


def test_it_goes_on_when_kafka_is_back(apache_kafka: ApacheKafka) -> None:
    ensure(Settings(kafka=apache_kafka.bootstrap, partitions=PARTITIONS), TOPICS)
    written = Written(apache_kafka.bootstrap)
    written.messages()
    with opened(apache_kafka.bootstrap, timeout=3) as door:
        accepted = sent(door, "before")
        apache_kafka.kill()
        try:
            assert door.batch(*events("away")).status_code == 503
        finally:
            apache_kafka.restart()
        accepted |= sent(door, "after")
    found = {event["id"] for event in written.events()}
    written.close()
    assert accepted <= found


def test_it_goes_on_when_the_broker_has_forgotten_it(caplog: pytest.LogCaptureFixture) -> None:
    with Broker() as broker, opened(broker.bootstrap, timeout=3) as door:
        settings = Settings(kafka=broker.bootstrap, partitions=PARTITIONS)
        ensure(settings, TOPICS)
        sent(door, "before")
        broker.stop()
        assert door.batch(*events("away")).status_code == 503
        again = Child(_binary(), _arguments(broker.bootstrap), {}, lambda _: None)
        again.start()
        try:
            ensure(settings, TOPICS)
            accepted = sent(door, "after")
            written = Written(broker.bootstrap)
            assert {event["id"] for event in written.events()} == accepted
            written.close()
        finally:
            again.kill()
    assert "a new producer is made, because Kafka said: " in caplog.text


def sent(door: Door, name: str) -> set[str]:
    """Send until it is accepted, as a sender does; returns the ids."""
    batch = events(name)
    for _ in range(20):
        response = door.batch(*batch)
        if response.status_code == 202:
            return {event["id"] for event in batch}
        assert response.status_code == 503, response.text
    raise AssertionError("it was never accepted")
