"""Whom Kafka does not let in is told in one line why, where and what to do; never a secret."""

import asyncio
import logging
from pathlib import Path

import pytest

from schemas.batch import Item
from schemas.event import read
from sources.gateway.outbox import Outbox, UnacknowledgedError
from streams.clock import system_clock
from streams.kafka import librdkafka
from streams.settings import Settings
from tests.e2e import feed
from tests.e2e.program import Program
from tests.security.certificates import Authority
from tests.security.conftest import command
from tests.security.kafka import SecureKafka, password_of

ACL = "the user (setting `kafka_user`) lacks an ACL for it; `reform-pulse kafka acls` lists what each needs"
USER = "unknown user or wrong password (settings `kafka_user`, `kafka_password`)"
TLS = "its certificate must name its address, and be signed by an authority that setting `kafka_ca` names"
UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
HUSHED = "hush-hush"
WRONG = "certainly-not-the-password"


@pytest.fixture
def events(tmp_path: Path) -> str:
    """A file with one event."""
    return str(feed.write(tmp_path / "events.ndjson", feed.whole()[:1]))


def refused(settings: dict[str, str], *words: str) -> str:
    """The one line that the command ends with."""
    done = command(settings, *words)
    assert done.exit_code == 2, done.output
    *progress, line = done.stderr.splitlines()
    assert all(each.startswith("send: ") for each in progress), done.stderr
    for secret in (WRONG, settings["kafka_password"]):
        assert not secret or secret not in done.output
    return line


def test_a_wrong_password(secure_kafka: SecureKafka, events: str) -> None:
    line = refused(secure_kafka.settings("gateway", WRONG), "send", events)
    assert line.startswith("reform-pulse: cannot ask Kafka about topic reform.")
    assert secure_kafka.bootstrap in line
    assert line.endswith(USER)


def test_an_authority_that_nobody_knows(secure_kafka: SecureKafka, events: str, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    settings = secure_kafka.settings("gateway") | {"kafka_ca": str(stranger.ca)}
    line = refused(settings, "send", events)
    assert secure_kafka.bootstrap in line
    assert line.endswith(f"SSL handshake failed: no TLS with the broker; {TLS}")


def test_a_file_of_an_authority_that_is_not_there(secure_kafka: SecureKafka, events: str) -> None:
    line = refused(secure_kafka.settings("gateway") | {"kafka_ca": "/nowhere/ca.pem"}, "send", events)
    assert "TLS with Kafka: cannot use /nowhere/ca.pem" in line
    assert line.endswith("No such file or directory")


def test_a_file_that_is_no_certificate(secure_kafka: SecureKafka, events: str) -> None:
    line = refused(secure_kafka.settings("gateway") | {"kafka_ca": events}, "send", events)
    assert f"TLS with Kafka: cannot use {events}" in line


def test_a_user_without_the_acl(secure_kafka: SecureKafka, events: str) -> None:
    assert refused(secure_kafka.settings("nobody"), "send", events).endswith(ACL)
    assert refused(secure_kafka.settings("worker"), "send", events).endswith(
        f"Kafka did not take the events: Broker: Topic authorization failed: {ACL}"
    )
    assert refused(secure_kafka.settings("reader"), "send", events).endswith(
        f"Broker: Cluster authorization failed: {ACL}"
    )
    assert refused(secure_kafka.settings("gateway"), "kafka", "acls", "--apply").endswith(ACL)


@pytest.mark.parametrize(
    ("user", "group"),
    [("worker", "another-group"), pytest.param("gateway", "reform-pulse", marks=pytest.mark.long)],
)
def test_a_worker_without_the_acl_ends(
    secure_kafka: SecureKafka, tmp_path: Path, user: str, group: str
) -> None:
    program = Program(tmp_path, **secure_kafka.settings(user), group=group)
    _, said = program.tell("worker", "--store", "store", code=1)
    assert said.splitlines()[-1].endswith(ACL)
    assert password_of(user) not in said


def test_a_worker_with_another_password_ends_so_that_its_unit_starts_it_again(
    secure_kafka: SecureKafka, tmp_path: Path
) -> None:
    program = Program(tmp_path, **secure_kafka.settings("worker", WRONG))
    _, said = program.tell("worker", "--store", "store", code=1)
    assert said.splitlines()[-1].endswith(USER)
    unit = (UNITS / "reform-pulse-worker@.service").read_text()
    assert {"Restart=on-failure", "RestartPreventExitStatus=2"} <= {*unit.splitlines()}


@pytest.mark.parametrize(
    ("role", "sender_is_told", "operator_is_told"),
    [
        ("worker", "Broker: Topic authorization failed", f"Broker: Topic authorization failed: {ACL}"),
        ("reader", "Local: Purged in queue", f"Broker: Cluster authorization failed: {ACL}"),
    ],
)
def test_a_gateway_without_the_acl_tells_its_operator_more_than_the_sender(
    secure_kafka: SecureKafka,
    caplog: pytest.LogCaptureFixture,
    role: str,
    sender_is_told: str,
    operator_is_told: str,
) -> None:
    settings = Settings(**secure_kafka.settings(role))
    record = feed.line(feed.whole()[0])
    event = Item(read(record, system_clock()), record)

    async def deliver() -> None:
        outbox = Outbox(settings.kafka, 5, librdkafka(settings))
        outbox.start()
        try:
            await outbox.deliver([event])
        finally:
            await asyncio.to_thread(outbox.stop)

    with caplog.at_level(logging.WARNING), pytest.raises(UnacknowledgedError) as raised:
        asyncio.run(deliver())
    assert str(raised.value) == sender_is_told
    assert operator_is_told in caplog.text


def test_a_user_without_sasl_and_sasl_without_a_user() -> None:
    for settings in ({"kafka_user": "worker"}, {"kafka_security": "SASL_SSL"}):
        with pytest.raises(ValueError, match="a user belongs to SASL_SSL"):
            Settings(**settings)


def test_a_mistake_in_the_settings_repeats_no_secret() -> None:
    with pytest.raises(ValueError, match="a user belongs to SASL_SSL") as raised:
        Settings(kafka_user=HUSHED, kafka_certificate="own.pem")
    assert HUSHED not in str(raised.value)
