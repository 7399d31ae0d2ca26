"""What a worker reads when given a shard: states, counts and progress; and all events, for a rebuild."""

from collections.abc import Iterator
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.contract import ENTITIES
from schemas.entity import Entity
from sinks.clickhouse.client import trouble
from sinks.clickhouse.frames import select, state_schema
from streams.checkpoint import DAILY_COLUMNS, HOURLY_COLUMNS, Epoch
from streams.shard import Shard

PAGE_ROWS = 50_000
PAGE: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "subject": pl.String(),
    "source": pl.String(),
    "id": pl.String(),
    "partition": pl.UInt32(),
    "offset": pl.Int64(),
    "event": pl.String(),
}


def states(client: Client, entity: Entity, epoch: Epoch, partition: int) -> pl.DataFrame:
    """The states of a shard. Raises StoreError.

    A state belongs where it was last folded, if that log had as many partitions as this one (whatever
    partitioner the producers use); else where Kafka's default partitioner puts its key.

    FINAL merges register by register, 12 us a dossier, though most have one row: so only subjects with
    several rows go through it. Both halves must see the same parts (client.SETTINGS), or one could be missed.
    """
    schema = state_schema(entity)
    columns, table, where = ", ".join(schema), entity.table, _belongs(entity)
    several = f"SELECT subject FROM {table} GROUP BY subject HAVING count() > 1"  # noqa: S608 - from declarations
    query = f"""
        SELECT {columns} FROM {table} WHERE subject NOT IN ({several}) AND {where}
        UNION ALL
        SELECT {columns} FROM {table} FINAL PREWHERE subject IN ({several}) WHERE {where}
    """  # noqa: S608
    return select(client, query, _shard(epoch, partition), schema)


def _belongs(entity: Entity) -> str:
    # A state that does not name the owner of its partition (yet) is looked for under its own key.
    key = f"tupleElement({entity.lies_with}, 'value')" if entity.lies_with else "''"
    return f"""if(
        tupleElement(`partition`, 'version') IN (
            SELECT toUInt64(epoch) FROM epochs
            WHERE topic = {{topic:String}} AND partitions = {{partitions:UInt32}}
        ),
        tupleElement(`partition`, 'value'),
        kafkaMurmurHash(if({key} = '', subject, {key})) % {{partitions:UInt32}}
    ) = {{partition:UInt32}}"""  # noqa: S608


def counts(client: Client, epoch: Epoch, partition: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The hourly and daily cells stored for a shard in an epoch. Raises StoreError."""
    where = "topic = {topic:String} AND epoch = {epoch:UInt32} AND `partition` = {partition:UInt32}"
    tables = (("counts_hourly", HOURLY_COLUMNS), ("counts_daily", DAILY_COLUMNS))
    hourly, daily = (
        select(
            client,
            f"SELECT {_names(columns)} FROM {table} FINAL WHERE {where}",  # noqa: S608
            _shard(epoch, partition),
            columns,
        )
        for table, columns in tables
    )
    return hourly, daily


def progress(client: Client, epoch: Epoch) -> dict[Shard, int]:
    """The next offsets up to which the epoch's counts are complete. Raises StoreError."""
    with trouble("read the progress"):
        rows = client.query(
            "SELECT `partition`, max(next_offset) FROM progress "
            "WHERE topic = {topic:String} AND epoch = {epoch:UInt32} GROUP BY 1 ORDER BY 1",
            parameters={"topic": epoch.topic, "epoch": epoch.number},
        ).result_rows
    return {Shard(epoch.topic, int(partition)): int(offset) for partition, offset in rows}


def events(client: Client, entity: str, rows: int = PAGE_ROWS) -> Iterator[pl.DataFrame]:
    """All events of an entity, each once, in pages of at most `rows`: partition, offset, event (JSON).

    The order is that of the table's key (day, subject): any order folds to the same states. Each page is a
    query of its own, so memory is bounded and the client stays free for writes. Raises StoreError.
    """
    if entity not in ENTITIES:
        raise KeyError(entity)
    after: dict[str, Any] = {"day": "1970-01-01", "subject": "", "source": "", "id": ""}
    while True:
        page = _page(client, {"entity": entity, "rows": rows, **after})
        if page.height:
            yield page.select("partition", "offset", "event")
        if page.height < rows:
            return
        after = page.select("day", "subject", "source", "id").row(-1, named=True)


def _page(client: Client, parameters: dict[str, Any]) -> pl.DataFrame:
    # `day >=` is what the key prunes by; the tuple goes on within the day.
    query = f"""
        SELECT {_names(PAGE)} FROM events FINAL
        WHERE entity = {{entity:String}} AND day >= {{day:Date}}
            AND (day, subject, source, id)
                > ({{day:Date}}, {{subject:String}}, {{source:String}}, {{id:String}})
        ORDER BY entity, day, subject, source, id
        LIMIT {{rows:UInt32}}
    """  # noqa: S608 - names are constants
    return select(client, query, parameters, PAGE)


def _shard(epoch: Epoch, partition: int) -> dict[str, Any]:
    return {
        "topic": epoch.topic,
        "epoch": epoch.number,
        "partitions": epoch.partitions,
        "partition": partition,
    }


def _names(columns: dict[str, pl.DataType]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
