"""The server's socket: what asyncio has to know of it."""

import socket

from web.server import listen


def test_answers_are_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP  # without it asyncio does not set TCP_NODELAY
