"""Another password for a Kafka user (docs/operations.md, 7): who is connected goes on, the others need it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas.contract import TOPICS
from tests.e2e import feed
from tests.e2e.program import Program
from tests.security.conftest import command, secure_kafka
from tests.security.kafka import ADMIN, SecureKafka, password_of
from tests.security.test_kafka import Group

__all__ = ["secure_kafka"]

ROLE = "worker"
WRONG = "unknown user or wrong password"


@pytest.fixture
def password(secure_kafka: SecureKafka, tmp_path: Path) -> Iterator[Path]:
    """Give the file of a new password; afterwards the user has its old one again."""
    file = tmp_path / "password"
    file.write_text("a-new-password-of-the-worker")
    yield file
    file.write_text(password_of(ROLE))
    change(secure_kafka, file)


def change(kafka: SecureKafka, file: Path) -> None:
    done = command(kafka.settings(ADMIN), "kafka", "user", ROLE, "--password-file", str(file))
    assert done.exit_code == 0, done.output


@pytest.mark.long
def test_a_worker_is_given_another_password(
    secure_kafka: SecureKafka, password: Path, tmp_path: Path
) -> None:
    events = feed.slice_of(400)
    half = len(events) // 2
    old = secure_kafka.settings(ROLE) | {"group": "reform-pulse"}
    new = old | {"kafka_password": password.read_text()}
    program, words = Program(tmp_path, **old), ("worker", "--store", "store")
    try:
        with closing(Group(secure_kafka, "reform-pulse", TOPICS)) as group:
            before = group.done()
            worker = program.start(*words)
            send(secure_kafka, tmp_path, events[:half])
            worker.until(lambda: group.done() >= before + half)
            change(secure_kafka, password)
            send(secure_kafka, tmp_path, events[half:])
            worker.until(lambda: group.done() >= before + len(events))
            assert worker.stop() == 0, worker.output

            (told,) = program.try_all(("rebuild", "--store", "store", "--from-topics"))
            assert (told[0], WRONG in told[2]) == (2, True), told
            worker = program.start(*words, **new)
            send(secure_kafka, tmp_path, events)  # once more: nothing changes
            worker.until(lambda: group.done() >= before + 2 * len(events))
            assert worker.stop() == 0, worker.output
    finally:
        program.close()
    assert WRONG not in worker.output


def send(kafka: SecureKafka, folder: Path, events: list[feed.Event]) -> None:
    file = feed.write(folder / "events.ndjson", events)
    assert command(kafka.settings("gateway"), "send", str(file)).exit_code == 0
