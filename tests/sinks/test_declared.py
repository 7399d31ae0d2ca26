"""What `schemas` and `streams.checkpoint` declare equals the migrated database: names, order, types."""

import polars as pl
import pytest

from schemas.contract import ENTITIES
from schemas.entity import Entity
from sinks.clickhouse.declared import state_table, state_view
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import COUNT_COLUMNS, EVENT_COLUMNS

ZONE = "'Asia/Ho_Chi_Minh'"
TEXT = "LowCardinality(String)"
# Where more than one type of ClickHouse would take a column of these frames.
CHOSEN = {
    "events": {"entity": TEXT, "type": TEXT, "source": TEXT, "topic": TEXT},
    "counts_hourly": {"topic": TEXT, "measure": TEXT, "agency": TEXT, "bucket": "DateTime64(0, 'UTC')"},
    "counts_agency_daily": {"topic": TEXT, "measure": TEXT, "agency": TEXT},
    "counts_monthly": {"topic": TEXT, "measure": TEXT, "agency": TEXT},
    "counts_daily": dict.fromkeys(("topic", "measure", "agency", "procedure", "field", "kind"), TEXT),
}
COUNTS = {"topic": TEXT, "measure": TEXT, "agency": TEXT}
VIEWS = {
    "current_epochs": {"topic": "String", "epoch": "UInt32"},
    "counts_hourly_current": {
        **COUNTS,
        "hour": f"DateTime64(0, {ZONE})",
        "partition": "UInt32",
        "value": "Int64",
    },
    "counts_agency_daily_current": {**COUNTS, "day": "Date", "partition": "UInt32", "value": "Int64"},
    "counts_monthly_current": {**COUNTS, "month": "Date", "partition": "UInt32", "value": "Int64"},
    "counts_daily_current": {
        **COUNTS,
        **dict.fromkeys(("procedure", "field", "kind"), TEXT),
        **dict.fromkeys(("cohort", "day"), "Date"),
        "partition": "UInt32",
        "value": "Int64",
    },
}
TABLES = {"events": EVENT_COLUMNS} | {f"counts_{cube}": columns for cube, columns in COUNT_COLUMNS.items()}


def columns(store: ClickHouseStore, table: str) -> dict[str, str]:
    rows = store.client.query(f"DESCRIBE TABLE {table}").result_rows
    return {name: type_ for name, type_, default, *_ in rows if default != "MATERIALIZED"}


def clickhouse_type(dtype: pl.DataType) -> str:
    return "DateTime64(6, 'UTC')" if isinstance(dtype, pl.Datetime) else str(dtype)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_states(store: ClickHouseStore, entity: Entity) -> None:
    found = columns(store, entity.table)
    assert list(found.items()) == list(state_table(entity).items())
    found = columns(store, f"{entity.table}_current")
    assert list(found.items()) == list(state_view(entity).items())


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_a_checkpoint(store: ClickHouseStore, table: str) -> None:
    expected = {name: clickhouse_type(dtype) for name, dtype in TABLES[table].items()} | CHOSEN[table]
    assert list(columns(store, table).items()) == list(expected.items())


@pytest.mark.parametrize("view", VIEWS)
def test_views(store: ClickHouseStore, view: str) -> None:
    assert list(columns(store, view).items()) == list(VIEWS[view].items())


def test_every_table_is_on_the_disk_when_an_insert_returns(store: ClickHouseStore) -> None:
    tables = store.client.query(
        "SELECT name, create_table_query FROM system.tables "
        "WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    ).result_rows
    written = {entity.table for entity in ENTITIES.values()} | {*TABLES, "epochs", "progress"}
    assert written <= {name for name, _ in tables}
    for name, ddl in tables:
        assert "fsync_after_insert = 1, fsync_part_directory = 1" in ddl, name
