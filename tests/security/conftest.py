"""A Kafka with users, topics and ACLs, made by the program's own commands; and the commands as a user."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from typer.testing import CliRunner

from streams.access import ROLES
from streams.cli.main import app
from streams.settings import PREFIX
from tests.brokers import missing
from tests.security.kafka import ADMIN, SecureKafka, password_of

RAW = "reform.raw.payments"
Command = Callable[..., Result]


@pytest.fixture(scope="session")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """Give a Kafka with a user for each role; skips where Java or Maven is missing."""
    if reason := missing():
        pytest.skip(reason)
    password = tmp_path_factory.mktemp("passwords") / "password"
    with SecureKafka() as broker:
        settings = broker.settings(ADMIN)
        _well(settings, "kafka", "topics", RAW)
        _well(settings, "kafka", "acls", "--apply")
        for role in (*ROLES, "nobody"):
            password.write_text(password_of(role))
            _well(settings, "kafka", "user", role, "--password-file", str(password))
        yield broker


def command(settings: dict[str, str], *words: str) -> Result:
    """Run a command of the program in this process, with these settings."""
    env = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(app, words, env=env)


def _well(settings: dict[str, str], *words: str) -> None:
    done = command(settings, *words)
    assert done.exit_code == 0, (words, done.output, done.exception)
