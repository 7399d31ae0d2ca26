"""ClickHouse over TLS: its certificate is checked, and what is wrong with it is told."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sinks.clickhouse.client import connect
from streams.checkpoint import StoreError
from tests.clickhouse_front import Front
from tests.security.certificates import Authority
from tests.security.conftest import command
from tests.stores import emptied

ADVICE = "signed by an authority that setting `clickhouse_ca` names: CERTIFICATE_VERIFY_FAILED"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Give who signs the server's certificate."""
    return Authority(tmp_path)


@pytest.fixture
def client() -> Any:
    """Give the client of an empty store with the newest schema."""
    return emptied().client


def front(client: Any, authority: Authority, address: str = "127.0.0.1") -> Front:
    """A server with a certificate for the address."""
    pair = authority.pair("clickhouse", address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    return Front(client.path, context)


@pytest.fixture
def server(client: Any, authority: Authority) -> Iterator[Front]:
    """Give a server that this machine's address belongs to."""
    with front(client, authority) as found:
        yield found


def test_a_command_reads_over_tls(server: Front, authority: Authority) -> None:
    settings = {"clickhouse_ca": str(authority.ca), "clickhouse_password": "any"}
    done = command(settings, "kpis", "--clickhouse", server.url, "--period", "2022-Q3", "--format", "json")
    assert done.exit_code == 0, done.output
    assert '"denominator": 0' in done.stdout


def test_an_authority_that_nobody_knows_is_told(server: Front, tmp_path: Path) -> None:
    for ca in (None, Authority(tmp_path, "stranger").ca):
        with pytest.raises(StoreError, match=ADVICE):
            connect(url=server.url, ca=ca)


def test_a_certificate_of_another_address_is_told(client: Any, authority: Authority) -> None:
    with front(client, authority, "192.0.2.1") as elsewhere, pytest.raises(StoreError, match=ADVICE):
        connect(url=elsewhere.url, ca=authority.ca)


def test_a_file_that_is_not_there_is_told(server: Front, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"clickhouse_ca` names .*nowhere\.pem, and there is no such file"):
        connect(url=server.url, ca=tmp_path / "nowhere.pem")


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(StoreError, match="set REFORM_PULSE_CLICKHOUSE_PASSWORD") as raised:
        connect(url="https://user:sesame@127.0.0.1/default")
    assert "sesame" not in str(raised.value)
