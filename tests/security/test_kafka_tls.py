"""The brokers' certificate is checked with its address, ours is shown where they ask: by both clients."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.settings import PREFIX
from tests.security.certificates import ADDRESS, Authority
from tests.security.conftest import command
from tests.security.kafka import SecureKafka

MEET = """
import asyncio
from aiokafka.client import AIOKafkaClient
from streams.kafka import aiokafka
from streams.settings import Settings

async def meet():
    client = AIOKafkaClient(**aiokafka(Settings()))
    try:
        await client.bootstrap()
    finally:
        await client.close()

asyncio.run(meet())
"""


@contextmanager
def impostor(authority: Authority) -> Iterator[tuple[str, bytearray]]:
    """Somebody at this machine's address with a good certificate of another; gives what clients told it."""
    pair, told = authority.pair("elsewhere", "192.0.2.1"), bytearray()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    listening = socket.create_server((ADDRESS, 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    told.extend(secured.recv(1_000))
            except OSError:
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"{ADDRESS}:{listening.getsockname()[1]}", told
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def comes_in(settings: dict[str, str]) -> bool:
    """Whether aiokafka can talk to the broker; as a process, for it leaves sockets behind when it cannot."""
    env = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run([sys.executable, "-c", MEET], env=os.environ | env, capture_output=True, text=True)
    assert done.returncode == 0 or "KafkaConnectionError" in done.stderr, done.stderr
    return done.returncode == 0


def test_nobody_is_told_a_password_at_an_address_that_is_not_in_the_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with impostor(authority) as (place, told):
        settings = {
            "kafka": place,
            "kafka_security": "SASL_SSL",
            "kafka_user": "worker",
            "kafka_password": "any",
            "kafka_ca": str(authority.ca),
        }
        done = command(settings, "kafka", "topics")
        assert not comes_in(settings)
    assert done.exit_code == 2
    assert "its certificate must name its address" in done.stderr
    assert not told


def test_a_broker_that_asks_for_our_certificate(secure_kafka: SecureKafka) -> None:
    settings = {"kafka": secure_kafka.between, "kafka_security": "SSL", "kafka_ca": str(secure_kafka.ca)}
    assert not comes_in(settings)
    own = {"kafka_certificate": str(secure_kafka.node.certificate), "kafka_key": str(secure_kafka.node.key)}
    done = command(settings | own, "kafka", "topics")
    assert done.exit_code == 0, done.output
    assert comes_in(settings | own)
