"""Writes a checkpoint: events, states, counts, progress, in this order (design, invariant 5).

Each insert is durable when it returns (fsync settings of the tables). When one fails, what came before it
stays and the whole checkpoint is written again: every row finds itself under its key.
"""

from collections.abc import Sequence

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.contract import ENTITIES
from sinks.clickhouse.frames import insert
from streams.checkpoint import Checkpoint, Progress

PROGRESS_COLUMNS: dict[str, pl.DataType] = {
    "topic": pl.String(),
    "epoch": pl.UInt32(),
    "partition": pl.UInt32(),
    "next_offset": pl.Int64(),
}


def write(client: Client, checkpoint: Checkpoint) -> None:
    """Write all parts in order; raises StoreError at the first that fails."""
    insert(client, "events", checkpoint.events)
    for entity, frame in checkpoint.states.items():
        insert(client, ENTITIES[entity].table, frame)
    for cube, cells in checkpoint.counts._asdict().items():
        insert(client, f"counts_{cube}", cells, "lz4")
    insert(client, "progress", _progress(checkpoint.progress))


def _progress(shards: Sequence[Progress]) -> pl.DataFrame:
    rows = [(s.epoch.topic, s.epoch.number, s.partition, s.next_offset) for s in shards]
    return pl.DataFrame(rows, schema=PROGRESS_COLUMNS, orient="row")
