"""Epochs: which log of a topic is counted by which definitions, and up to where (design, invariant 6).

A number is `generation * 1000 + three digits of its content`. ClickHouse has no compare-and-set, and workers
may open at the same moment: those who agree on the content arrive at the same number and write the same
row; those who do not (an upgrade in progress) get different numbers, and the greater one is newest.
"""

import hashlib

import polars as pl
from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import trouble
from sinks.clickhouse.frames import insert
from sinks.clickhouse.literal import quoted
from streams.checkpoint import COUNT_COLUMNS, Epoch

CONTENTS = 1000
COUNTS = tuple(f"counts_{cube}" for cube in COUNT_COLUMNS)


def newest(client: Client, topic: str) -> Epoch | None:
    """The epoch with the greatest number; None for a topic without one. Raises StoreError."""
    with trouble("read the epochs"):
        rows = client.query(
            "SELECT epoch, identity, partitions, fingerprint FROM epochs WHERE topic = {topic:String} "
            "ORDER BY epoch DESC, identity, partitions, fingerprint LIMIT 1",
            parameters={"topic": topic},
        ).result_rows
    return Epoch(topic, int(rows[0][0]), str(rows[0][1]), int(rows[0][2]), str(rows[0][3])) if rows else None


def agreed(client: Client, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
    """The topic's newest epoch if all four agree with it, else a new one. Raises StoreError."""
    last = newest(client, topic)
    if last == Epoch(topic, last.number if last else 0, identity, partitions, fingerprint):
        return last
    return _open(client, last, Epoch(topic, 0, identity, partitions, fingerprint))


def reopened(client: Client, epoch: Epoch) -> Epoch:
    """A new epoch with the content of another: for counting again what is already counted."""
    return _open(client, newest(client, epoch.topic), epoch)


def _open(client: Client, last: Epoch | None, content: Epoch) -> Epoch:
    generation = (last.number // CONTENTS if last else 0) + 1
    number = generation * CONTENTS + _digits(content)
    opened = Epoch(content.topic, number, content.identity, content.partitions, content.fingerprint)
    row = {
        "topic": [opened.topic],
        "epoch": [opened.number],
        "identity": [opened.identity],
        "partitions": [opened.partitions],
        "fingerprint": [opened.fingerprint],
    }
    insert(
        client, "epochs", pl.DataFrame(row, schema_overrides={"epoch": pl.UInt32, "partitions": pl.UInt32})
    )
    return opened


def _digits(epoch: Epoch) -> int:
    content = f"{epoch.identity}\n{epoch.partitions}\n{epoch.fingerprint}"
    return int(hashlib.sha256(content.encode()).hexdigest(), 16) % CONTENTS


def retire(client: Client, topic: str) -> list[int]:
    """Drop the counts of epochs older than the topic's current one; returns their numbers. Raises StoreError.

    Newer ones, which are still being built, stay. A worker that still writes into a retired epoch does no
    harm: readers do not look there, and the next call drops it again.
    """
    retired: set[int] = set()
    older = (
        "WHERE topic = {topic:String} "
        "AND epoch < (SELECT max(epoch) FROM current_epochs WHERE topic = {topic:String})"
    )
    with trouble(f"drop the superseded counts of {topic}"):
        if not client.query(f"SELECT 1 FROM epochs {older} LIMIT 1", {"topic": topic}).result_rows:  # noqa: S608
            return []  # nearly always: a topic whose log is its first, and every shard asks
        for table in COUNTS:
            superseded = client.query(
                f"SELECT DISTINCT _partition_id, epoch FROM {table} {older}",  # noqa: S608
                {"topic": topic},
            ).result_rows
            drops = [f"DROP PARTITION ID {quoted(partition)}" for partition, _ in superseded]
            if drops:  # at once: by themselves they cost some 10 ms each
                client.command(f"ALTER TABLE {table} {', '.join(drops)}")
            retired |= {int(number) for _, number in superseded}
    return sorted(retired)
