"""How a ClickHouse is doing: its clock, its disks, its parts, and when its counts were last written."""

from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import trouble

PARTS = """
    SELECT table, `partition`, count() AS parts FROM system.parts
    WHERE active AND database = currentDatabase() GROUP BY table, `partition`
    ORDER BY parts DESC, table, `partition` LIMIT 1
"""
DISKS = "SELECT name, path, free_space, total_space FROM system.disks WHERE total_space > 0 ORDER BY name"
REACHED = """
    SELECT topic, `partition`, max(next_offset), dateDiff('second', max(written_at), now64(3)) FROM progress
    WHERE (topic, epoch) IN (SELECT topic, max(epoch) FROM epochs GROUP BY topic)
    GROUP BY topic, `partition` ORDER BY topic, `partition`
"""


class Crowd(NamedTuple):
    """The partition of a table with the most active parts."""

    table: str
    partition: str
    parts: int


class Disk(NamedTuple):
    """A disk that ClickHouse writes to; bytes."""

    name: str
    path: str
    free: int
    total: int


class Reached(NamedTuple):
    """Up to where a shard is counted in its newest epoch, and how many seconds ago that was written."""

    topic: str
    partition: int
    next_offset: int
    age: int


def clock(client: Client) -> float:
    """ClickHouse's clock, seconds since 1970 UTC. Raises StoreError."""
    with trouble("tell the time"):
        return float(str(client.command("SELECT toUnixTimestamp64Milli(now64(3)) / 1000")))


def crowd(client: Client) -> Crowd | None:
    """The most crowded partition; None when nothing is stored. Raises StoreError."""
    with trouble("count its parts"):
        rows = client.query(PARTS).result_rows
    return Crowd(*rows[0]) if rows else None


def disks(client: Client) -> list[Disk]:
    """All local disks. Raises StoreError."""
    with trouble("look at its disks"):
        return [Disk(*row) for row in client.query(DISKS).result_rows]


def reached(client: Client) -> list[Reached]:
    """All shards that have ever been written in the newest epoch of their topic. Raises StoreError."""
    with trouble("read the progress"):
        return [Reached(*row) for row in client.query(REACHED).result_rows]
