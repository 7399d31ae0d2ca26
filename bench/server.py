"""A ClickHouse server for contenders that have no embedded engine: the tests' HTTP front over one.

It runs in the harness, on the broker's core, so its processor time is not the contender's.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import clickhouse_connect

from bench.peers.table import CREATE, NEWEST
from tests.clickhouse_front import Front


class Server:
    """Holds the peers' table of counts."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("default@", "").removesuffix("/default")
        self._client = clickhouse_connect.get_client(dsn=url)

    def renew(self) -> None:
        """Make the table empty."""
        self._client.command("DROP TABLE IF EXISTS counts SYNC")
        self._client.command(CREATE)

    def rows(self) -> list[list[Any]]:
        """The newest counts."""
        return [list(row) for row in self._client.query(NEWEST).result_rows]


@contextmanager
def served() -> Iterator[Server]:
    """Start it; ends with the block."""
    with tempfile.TemporaryDirectory(prefix="reform-pulse-") as folder, Front(folder) as front:
        yield Server(front.url)
