"""Polars frames into ClickHouse and back, as Arrow: no Python object per row or cell."""

import io
from collections.abc import Mapping
from functools import cache
from tempfile import NamedTemporaryFile
from typing import Any, Literal

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.column import Column, Kind, Merge
from schemas.entity import Entity
from sinks.clickhouse.client import trouble

INSERT_ROWS = 1_000_000
"""Rows per insert: a checkpoint's cells in one part; in two, merging them costs a third more."""

Compression = Literal["uncompressed", "lz4"]

VALUES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.KEY: pl.String(),
    Kind.CODE: pl.String(),
    Kind.TIME: pl.Datetime("us", "UTC"),
    Kind.FLAG: pl.UInt8(),
    Kind.INTEGER: pl.Int64(),
}


def register(column: Column) -> pl.DataType:
    """The Polars type of a column in `Checkpoint.states`."""
    if column.merge is Merge.MAX:
        return pl.Int64()
    return pl.Struct({"version": pl.UInt64(), "value": VALUES[column.kind]})


@cache
def state_schema(entity: Entity) -> Mapping[str, pl.DataType]:
    """Columns and types that `Store.states` returns: `subject`, then the registers in declared order."""
    return {"subject": pl.String(), **{column.name: register(column) for column in entity.columns}}


def insert(
    client: Client, table: str, frame: pl.DataFrame, compression: Compression = "uncompressed"
) -> None:
    """Insert all rows, columns by name; raises StoreError, and then some rows may be in.

    compression: of what is handed over; it pays for rows that are alike, not for original events.
    """
    send = _by_file if getattr(client, "path", None) else _by_request
    for part in frame.iter_slices(INSERT_ROWS):
        with trouble(f"insert {part.height} rows into {table}"):
            send(client, table, part, compression)


def _by_file(client: Client, table: str, part: pl.DataFrame, compression: Compression) -> None:
    """The embedded engine reads a file where it lies, for half of what a buffer costs."""
    names = ", ".join(f"`{name}`" for name in part.columns)
    with NamedTemporaryFile() as file:
        part.write_ipc(file, compression=compression, compat_level=pl.CompatLevel.newest())
        file.flush()
        client.command(f"INSERT INTO {table} ({names}) FROM INFILE '{file.name}' FORMAT Arrow")


def _by_request(client: Client, table: str, part: pl.DataFrame, compression: Compression) -> None:
    buffer = io.BytesIO()
    part.write_ipc(buffer, compression=compression, compat_level=pl.CompatLevel.newest())
    client.raw_insert(table, part.columns, buffer.getvalue(), fmt="Arrow")


def select(
    client: Client, query: str, parameters: Mapping[str, Any], schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Run a query; the columns must be those of the schema and are cast to its types. Raises StoreError."""
    with trouble("answer a query"):
        data = client.raw_query(query, parameters=dict(parameters), fmt="ArrowStream")
        try:
            frame = pl.read_ipc_stream(io.BytesIO(data))
        except pl.exceptions.PolarsError as error:
            raise OSError(f"the answer is cut off: {error}") from error
    return frame.select(list(schema)).cast(pl.Schema(schema))
