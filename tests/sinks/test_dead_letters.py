"""Dead letters on a real broker."""

import json
from datetime import datetime
from typing import Any

import pytest
from confluent_kafka import Message

from schemas.instant import VIETNAM
from schemas.refusal import Reason, Refusal
from sinks.dead_letter_log import DeadLetterLog
from sinks.dead_letters import DeadLetterTopic, from_json, key, to_json
from streams.broker import Broker
from streams.checkpoint import StoreError
from streams.dead_letter import DeadLetter
from streams.shard import Shard
from tests.clients import Client

NOW = datetime(2022, 7, 1, 8, 15, tzinfo=VIETNAM)


def letter(offset: int = 17) -> DeadLetter:
    refusal = Refusal(Reason.PERSONAL_DATA, "subject", "Nguyễn Văn A 0912345678")
    return DeadLetter.of(Shard("reform.dossiers", 3), offset, "/h51/one-stop", refusal, NOW)


def test_json_there_and_back() -> None:
    assert from_json(to_json(letter())) == letter()
    assert key(letter()) == b"reform.dossiers/3/17"
    fields = json.loads(to_json(letter()))
    assert fields["refused_at"] == "2022-07-01T08:15:00+07:00"
    assert fields["reason"] == "personal_data"
    assert fields["reason_vi"].startswith("Trường “subject” giống dữ liệu cá nhân")


def test_no_personal_data() -> None:
    written = to_json(letter()).decode()
    assert "Nguyễn" not in written
    assert "0912345678" not in written


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b'{"refused_at": "2022-07-01T08:15:00+07:00"}', b"x"])
def test_what_is_no_dead_letter(value: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(value)


def test_written_means_in_the_topic(embedded_broker: Broker) -> None:
    topic = "dead-letters.written"
    client = Client(embedded_broker.bootstrap)
    client.create(topic)
    letters = DeadLetterTopic(embedded_broker.bootstrap, topic)
    letters.write([])
    letters.write([letter(offset) for offset in range(500)])
    letters.write([letter(500)])
    letters.close()
    found = client.read(topic, 501)
    assert {message.key(): from_json(message.value() or b"") for message in found} == {
        key(letter(offset)): letter(offset) for offset in range(501)
    }
    assert found[0].headers() == [("content-type", b"application/json")]


def test_a_broker_that_does_not_answer() -> None:
    letters = DeadLetterTopic("127.0.0.1:9", "dead-letters.nowhere", timeout=1)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"dead-letters\.nowhere did not take the dead letters"):
            letters.write([letter()])
    letters.close()


def test_a_letter_that_is_too_large_is_an_error_not_a_loss(embedded_broker: Broker) -> None:
    letters = DeadLetterTopic(embedded_broker.bootstrap, "dead-letters.large")
    large = DeadLetter("t", 0, 1, "/s", "r", "v" * 2_000_000, "e", "f", "x", NOW)
    with pytest.raises(StoreError, match="too large"):
        letters.write([letter(), large])
    letters.write([letter()])
    letters.close()


class _Slow:
    """A consumer that gives the end of the log, a record written since, and the new end at once."""

    def __init__(self, log: DeadLetterLog, letters: DeadLetterTopic) -> None:
        self._consumer, self._letters = log._consumer, letters

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    def consume(self, number: int, timeout: float) -> list[Message]:
        end = self._consumer.consume(1, 30)
        self._letters.write([letter()])
        return [*end, *self._consumer.consume(2, 30), *self._consumer.consume(number, timeout)]


def test_a_log_that_grows_while_it_is_read_has_an_end(
    embedded_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = "dead-letters.growing"
    Client(embedded_broker.bootstrap).create(topic)
    letters = DeadLetterTopic(embedded_broker.bootstrap, topic)
    with DeadLetterLog(embedded_broker.bootstrap, topic, patience=60) as log:
        monkeypatch.setattr(log, "_consumer", _Slow(log, letters))
        assert log.open_letters() == [letter()]
    letters.close()
