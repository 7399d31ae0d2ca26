"""What other services may answer instead of JSON: each is an error that callers know."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from web.fetched import AnsweredError, fetched

MOST = 1_000
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


class Answering:
    """A socket that answers every request with the same bytes."""

    def __init__(self) -> None:
        self.answer = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                client.recv(10_000)
                client.sendall(self.answer)


@pytest.fixture
def service() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.close()


def test_json_of_the_kind_that_is_expected(service: Answering) -> None:
    service.answer = OK + b'\r\n{"a": [1]}'
    assert fetched(service.address, dict, 5, MOST) == {"a": [1]}
    service.answer = OK + b"\r\n" + b"[" + b" " * (MOST - 2) + b"]"
    assert fetched(service.address, list, 5, MOST) == []


@pytest.mark.parametrize("form", [None, b"code=1"])
def test_a_secret_does_not_go_where_an_answer_points(service: Answering, form: bytes | None) -> None:
    elsewhere = Answering()
    elsewhere.answer = OK + b"\r\n{}"
    found = f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {elsewhere.address}\r\n\r\n"
    service.answer = found.encode()
    with pytest.raises(AnsweredError, match="answers 302"):
        fetched(service.address, dict, 5, MOST, form, {"Authorization": "Basic hush"})
    elsewhere.close()


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (b"", OSError, "gives no answer in HTTP: RemoteDisconnected"),
        (b"220 mail.example ESMTP\r\n", OSError, "gives no answer in HTTP"),
        (OK + b"Content-Length: 100\r\n\r\n{", ValueError, "Expecting"),
        (b"HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n{}", OSError, "answers 500"),
        (OK + b"\r\n<html>", ValueError, "Expecting"),
        (OK + b"\r\n\xff", ValueError, "decode"),
        (OK + b"\r\n[1]", ValueError, "answers with a list, no dict"),
        (OK + b"\r\n{" + b" " * MOST + b"}", ValueError, "more than 1000 bytes"),
    ],
)
def test_anything_else_is_an_error(service: Answering, answer: bytes, error: Any, why: str) -> None:
    service.answer = answer
    with pytest.raises(error, match=why):
        fetched(service.address, dict, 5, MOST)
