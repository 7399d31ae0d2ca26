"""The stored cells of shards in short, by month: one reading of the count tables for all shards."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.cell_hash import BUCKET, COHORT, FACTORS, VALUE
from sinks.clickhouse.frames import select
from streams.checkpoint import CLAIM, COUNT_COLUMNS, SUMMARY_COLUMNS, Epoch

JANUARY_1970 = 1970 * 12 + 1
MERGED = "SETTINGS do_not_merge_across_partitions_select_final = 1"
"""A cell lies in the partition of its month, so a month that is one part has nothing to merge."""
_OURS = "topic = {topic:String} AND epoch = {epoch:UInt32} AND `partition` IN {shards:Array(UInt32)}"
_CLAIMS = f"""
    SELECT `partition`, max(version) AS version FROM counts_hourly
    WHERE measure = {{claim:String}} AND {_OURS} GROUP BY `partition`
"""  # noqa: S608 - names are constants


def summaries(client: Client, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
    """By cube, in SUMMARY_COLUMNS. Raises StoreError."""
    parameters = _shards(epoch, partitions)
    return {cube: select(client, _query(cube), parameters, SUMMARY_COLUMNS) for cube in COUNT_COLUMNS}


def claims(client: Client, epoch: Epoch, partitions: Sequence[int]) -> dict[int, int]:
    """The version of the newest claim by shard. Raises StoreError."""
    parameters = {**_shards(epoch, partitions), "claim": CLAIM}
    found = select(client, _CLAIMS, parameters, {"partition": pl.UInt32(), "version": pl.UInt64()})
    return dict(found.iter_rows())


def month_of(cube: str) -> str:
    """SQL: the Vietnamese month of a cell, since 1970."""
    bucket = "bucket, 'Asia/Ho_Chi_Minh'" if cube == "hourly" else "bucket"
    return f"toInt64(toRelativeMonthNum({bucket})) - {JANUARY_1970}"


def _shards(epoch: Epoch, partitions: Sequence[int]) -> dict[str, Any]:
    return {"topic": epoch.topic, "epoch": epoch.number, "shards": list(partitions)}


def _query(cube: str) -> str:
    return f"""
        SELECT
            `partition`, {month_of(cube)} AS month, count() AS cells,
            sumIf(intHash64({_key(cube)}), value != 0) AS digest, max(version) AS version
        FROM counts_{cube} FINAL
        WHERE {_OURS}
        GROUP BY `partition`, month
        {MERGED}
    """  # noqa: S608 - names are constants


def _key(cube: str) -> str:
    """SQL: what a cell's hash is made of (schemas.cell_hash)."""
    named = [f"{factor} * halfMD5({name})" for name, factor in FACTORS.items() if name in COUNT_COLUMNS[cube]]
    cohort = [f"{COHORT} * toUInt64(cohort)"] if "cohort" in COUNT_COLUMNS[cube] else []
    bucket = "toUnixTimestamp(bucket)" if cube == "hourly" else "bucket"
    return " + ".join([*named, *cohort, f"{BUCKET} * toUInt64({bucket})", f"{VALUE} * toUInt64(value)"])
