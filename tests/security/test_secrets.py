"""No secret in any output: services at DEBUG whose connections fail, metrics, errors, settings."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from streams.settings import Settings
from tests.e2e import feed
from tests.e2e.metrics import free_port, total
from tests.e2e.program import Program, Running
from tests.security.kafka import SecureKafka, password_of

CLICKHOUSE = "sesame-of-clickhouse"
SALT = "salt-of-the-pseudonyms-32-signs-or-more"
WRONG = "not-the-password-of-kafka"
OTHERS = {"clickhouse_password": CLICKHOUSE, "pseudonym_keys": f"a={SALT}", "log_level": "DEBUG"}
NOWHERE = "https://127.0.0.1:9/default"


def clean(text: str) -> None:
    """Nothing of what must not be said is in there."""
    found = [secret for secret in (CLICKHOUSE, SALT, WRONG, password_of("worker")) if secret in text]
    assert not found


@pytest.fixture
def program(secure_kafka: SecureKafka, tmp_path: Path) -> Iterator[Program]:
    """Give the program with secrets everywhere, and a ClickHouse that is not there."""
    started = Program(tmp_path, **secure_kafka.settings("worker"), **OTHERS, clickhouse=NOWHERE)
    yield started
    started.close()


def heard(running: Running, words: str) -> None:
    """Wait until it has said so."""
    running.until(lambda: words in running.output)


def test_services_at_debug(program: Program) -> None:
    ports = [free_port() for _ in range(3)]
    away = program.start("worker", metrics_port=ports[0])
    works = program.start("worker", "--store", "store", metrics_port=ports[1])
    serve = program.start("serve", "--port", "0", kafka_password=WRONG, metrics_port=ports[2])
    refused = program.start("ingest", "payments", kafka_password=WRONG)
    assert refused.ended() == 1
    heard(away, "waiting for ClickHouse")
    heard(serve, "http://127.0.0.1:")
    address = next(line for line in serve.output.splitlines() if line.startswith("http://"))
    answers = [httpx.get(f"{address}/v1/kpis?period=2022-Q3", timeout=60)]
    heading = {"content-type": "application/cloudevents+json"}
    event = feed.line(feed.whole()[0])
    answers.append(httpx.post(f"{address}/v1/events", content=event, headers=heading, timeout=60))
    assert [answer.status_code for answer in answers] == [503, 503]
    heard(serve, "unknown user or wrong password")
    works.until(lambda: total(ports[1], "reform_pulse_shards") > 0)
    for port in ports:
        clean(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
    for running in (away, works, serve, refused):
        running.stop()
        clean(running.output)
    assert " DEBUG " in works.output + serve.output
    clean("".join(answer.text for answer in answers))


def test_commands_that_fail(program: Program) -> None:
    clean(json.dumps(program.try_all(("doctor",), ("kpis", "--clickhouse", NOWHERE, "--period", "2022-Q3"))))


def test_every_secret_is_held_as_one() -> None:
    named = {name for name in Settings.model_fields if re.search("password|secret|token|pseudonym", name)}
    assert named == {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}


def test_settings_that_are_shown(secure_kafka: SecureKafka) -> None:
    settings = Settings(**secure_kafka.settings("worker"), **OTHERS)
    for text in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        clean(text)
