"""Server-sent events: everybody hears of a change, and the store is asked once."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.api.conftest import Counting, served

LISTENERS = 40
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "source": "/h51/one-stop",
    "type": "vn.reform.dossier.received.v1",
    "time": "2022-10-19T08:15:00+07:00",
    "data": {"agency": "H51.18.01", "channel": "online"},
}


def event(number: int) -> dict[str, Any]:
    return EVENT | {"id": f"stream-{number}", "subject": f"H51.18.01-221019-{number}"}


def figures(lines: Iterator[str]) -> dict[str, Any]:
    """The rows of the next message, by KPI."""
    for line in lines:
        if line.startswith("data: "):
            return {row["kpi"]: row for row in json.loads(line.removeprefix("data: "))["rows"]}
    raise AssertionError("the stream ended")


def test_all_listeners_hear_of_a_change_and_the_store_is_asked_once(
    reader: Counting, tell: Callable[..., None]
) -> None:
    with served(reader) as client, ExitStack() as open_:
        limits = httpx.Limits(max_connections=None)
        listener = open_.enter_context(httpx.Client(base_url=client.base_url, timeout=60, limits=limits))
        streams = [
            open_.enter_context(listener.stream("GET", "/v1/stream")).iter_lines() for _ in range(LISTENERS)
        ]
        before = [figures(stream)["online_dossier_rate"]["denominator"] for stream in streams]
        asked = reader.asked
        tell(event(1))
        after = [figures(stream)["online_dossier_rate"]["denominator"] for stream in streams]
        assert len(set(before)) == 1
        assert set(after) == {before[0] + 1}
        assert reader.asked == asked + 1


def test_a_listener_that_leaves_is_forgotten(reader: Counting, tell: Callable[..., None]) -> None:
    with served(reader) as client:
        with client.stream("GET", "/v1/stream") as stream:
            figures(stream.iter_lines())
        with client.stream("GET", "/v1/stream") as stream:
            lines = stream.iter_lines()
            figures(lines)
            asked = reader.asked
            tell(event(2))
            figures(lines)
            assert reader.asked == asked + 1


def test_a_stop_ends_the_streams_at_once(reader: Counting, caplog: pytest.LogCaptureFixture) -> None:
    """Uvicorn would wait for them, and then say that it cancels them."""
    with ExitStack() as open_, caplog.at_level(logging.ERROR):
        with served(reader) as client:
            listener = open_.enter_context(httpx.Client(base_url=client.base_url, timeout=60))
            lines = open_.enter_context(listener.stream("GET", "/v1/stream")).iter_lines()
            figures(lines)
        assert [line for line in lines if line.startswith("data")] == []  # it was ended, not cut off
    assert caplog.messages == []
