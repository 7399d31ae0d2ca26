"""What a worker reads when given a shard: states, counts and progress; and all events, for a rebuild."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.contract import ENTITIES
from schemas.entity import Entity
from sinks.clickhouse.client import trouble
from sinks.clickhouse.frames import select, state_schema
from sinks.clickhouse.literal import quoted
from sinks.clickhouse.summaries import MERGED, month_of
from streams.checkpoint import COUNT_COLUMNS, Epoch
from streams.shard import Shard

PAGE_ROWS = 50_000
STATE_ROWS = 250_000
LOOKED_UP = 500
"""Subjects per look-up: even the longest then fit into a query's text (256 KiB)."""
SAMPLE = 10_000
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
    """The states of a shard, each in one row. Raises StoreError."""
    homes = f"SELECT subject FROM ({_homes(entity, 'true')})"  # noqa: S608
    return _merged(client, entity, f"subject IN ({homes})", _epoch(epoch, [partition]))


def state_pages(
    client: Client, entity: Entity, epoch: Epoch, partitions: Sequence[int], rows: int = STATE_ROWS
) -> Iterator[dict[int, pl.DataFrame]]:
    """The states of some shards in pages of about so many rows, by ranges of subjects. Raises StoreError.

    A state may have several rows in its page: whoever loads them merges registers anyway, and far faster.
    """
    bounds = _bounds(client, entity, max(1, rows * epoch.partitions // len(partitions)))
    for start, end in pairwise(["", *bounds, None]):
        within = "subject >= {start:String}" + (" AND subject < {end:String}" if end is not None else "")
        parameters = {**_epoch(epoch, partitions), "start": start, "end": end or ""}
        yield _page_of_states(client, entity, within, parameters)


def _page_of_states(
    client: Client, entity: Entity, within: str, parameters: dict[str, Any]
) -> dict[int, pl.DataFrame]:
    """By shard. What comes between the two queries will come again from the log."""
    schema, shards = state_schema(entity), parameters["shards"]
    query = f"SELECT {', '.join(schema)} FROM {entity.table} WHERE {within}"  # noqa: S608
    if parameters["partitions"] == 1:
        return {shards[0]: select(client, query, parameters, schema)}
    homes = select(client, _homes(entity, within), parameters, {"subject": pl.String(), "shard": pl.UInt32()})
    if len(shards) < parameters["partitions"]:
        query += f" AND subject IN (SELECT subject FROM ({_homes(entity, within)}))"  # noqa: S608
    found = select(client, query, parameters, schema).join(homes, on="subject")
    parts = found.partition_by("shard", as_dict=True, include_key=False)
    return {shard: parts.get((shard,), pl.DataFrame(schema=schema)) for shard in shards}


def _homes(entity: Entity, within: str) -> str:
    """SQL: the subjects of some shards, and which.

    A state belongs where it was last folded, if that log had as many partitions as this one (whatever
    partitioner the producers use); else where Kafka's default partitioner puts its key. A state that does not
    name the owner of its partition (yet) is looked for under its own key.
    """
    key = f"tupleElement(max({entity.lies_with}), 'value')" if entity.lies_with else "''"
    return f"""
        SELECT subject, if(
            tupleElement(max(`partition`) AS last, 'version') IN (
                SELECT toUInt64(epoch) FROM epochs
                WHERE topic = {{topic:String}} AND partitions = {{partitions:UInt32}}
            ),
            tupleElement(last, 'value'),
            toUInt32(kafkaMurmurHash(if({key} = '', subject, {key})) % {{partitions:UInt32}})
        ) AS shard
        FROM {entity.table} WHERE {within} GROUP BY subject HAVING shard IN {{shards:Array(UInt32)}}
    """  # noqa: S608


def look_up(client: Client, entity: Entity, subjects: pl.Series) -> pl.DataFrame:
    """The states of some subjects, of whatever shard. Raises StoreError."""
    found = [pl.DataFrame(schema=state_schema(entity))]
    for start in range(0, len(subjects), LOOKED_UP):
        # In the text of the query: a server takes far less of parameters, which go into the URL.
        within = f"subject IN ({', '.join(map(quoted, subjects[start : start + LOOKED_UP]))})"
        found.append(_merged(client, entity, within, {}))
    return pl.concat(found)


def _merged(client: Client, entity: Entity, within: str, parameters: dict[str, Any]) -> pl.DataFrame:
    """States by a condition on subjects, each in one row.

    FINAL merges register by register, 12 us a dossier, though most have one row: so only subjects with
    several rows go through it. Both halves must see the same parts (client.SETTINGS), or one could be missed.
    """
    schema = state_schema(entity)
    columns, table = ", ".join(schema), entity.table
    several = f"SELECT subject FROM {table} WHERE {within} GROUP BY subject HAVING count() > 1"  # noqa: S608
    query = f"""
        SELECT {columns} FROM {table} PREWHERE {within} WHERE subject NOT IN ({several})
        UNION ALL
        SELECT {columns} FROM {table} FINAL PREWHERE {within} AND subject IN ({several})
    """  # noqa: S608 - from declarations and quoted
    return select(client, query, parameters, schema)


def _bounds(client: Client, entity: Entity, rows: int) -> list[str]:
    """Subjects that cut the table into ranges of about so many rows."""
    query = f"SELECT count(), groupArraySample({SAMPLE}, 1)(subject) FROM {entity.table}"  # noqa: S608
    with trouble(f"divide {entity.table}"):
        ((count, sample),) = client.query(query).result_rows
    ranges = min(int(count) // rows + 1, len(sample) + 1)
    return sorted({sorted(sample)[len(sample) * cut // ranges] for cut in range(1, ranges)})


def cells(
    client: Client, cube: str, epoch: Epoch, partitions: Sequence[int], month: int | None = None
) -> pl.DataFrame:
    """The cells of a month (None: of all) stored for some shards in an epoch. Raises StoreError."""
    columns = COUNT_COLUMNS[cube]
    where = "topic = {topic:String} AND epoch = {epoch:UInt32} AND `partition` IN {shards:Array(UInt32)}"
    if month is not None:
        where += f" AND {month_of(cube)} = {int(month)}"
    query = f"SELECT {_names(columns)} FROM counts_{cube} FINAL WHERE {where} {MERGED}"  # noqa: S608
    return select(client, query, _epoch(epoch, partitions), columns)


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


def _epoch(epoch: Epoch, partitions: Sequence[int]) -> dict[str, Any]:
    return {
        "topic": epoch.topic,
        "epoch": epoch.number,
        "partitions": epoch.partitions,
        "shards": list(partitions),
    }


def _names(columns: dict[str, pl.DataType]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
