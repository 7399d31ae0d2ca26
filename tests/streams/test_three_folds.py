"""One fold in three engines: plain Python, Polars in the stream, and the merge of rows by ClickHouse."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.column import Merge
from schemas.contract import ENTITIES
from schemas.entity import Entity
from schemas.event import Event, read
from schemas.instant import to_datetime
from sinks.clickhouse.frames import insert, state_schema
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import Epoch
from tests import naive
from tests.naive import NOW
from tests.oracle_states import states as oracle_states
from tests.stores import emptied
from tests.strategies import event_streams
from tests.streams.folding import Json, folded, plain_states, same, states_of, to_records


def partial_row(event: Event) -> dict[str, Any]:
    """What one event states, as a row of the state table: the columns that it does not state are left out."""
    row: dict[str, Any] = {"subject": event.subject}
    for name, value in event.registers.items():
        column = event.entity.by_name[name]
        moment = isinstance(state_schema(event.entity)[name], pl.Struct) and column.kind.value == "time"
        held = to_datetime(int(value)) if moment else value
        version = naive.version(column, event.time)
        row[name] = held if column.merge is Merge.MAX else {"version": version, "value": held}
    return row


def put(store: ClickHouseStore, entity: Entity, row: dict[str, Any]) -> None:
    schema = state_schema(entity)
    insert(store.client, entity.table, pl.DataFrame([row], schema={name: schema[name] for name in row}))


def merged(store: ClickHouseStore) -> dict[str, pl.DataFrame]:
    """All states; the log has one shard, so every one of them belongs to it."""
    found = {}
    for name, entity in ENTITIES.items():
        found[name] = store.states(name, Epoch(entity.topic, 1, "log", 1, ""), 0).sort("subject")
    return found


@settings(max_examples=6)
@given(event_streams(max_size=14), st.booleans())
def test_the_states_are_the_same(stream: list[Json], optimize: bool) -> None:
    store = emptied()
    for record in to_records(stream):
        event = read(record, NOW)
        put(store, event.entity, partial_row(event))
    if optimize:
        for entity in ENTITIES.values():
            store.client.command(f"OPTIMIZE TABLE {entity.table} FINAL")
    ours = states_of(folded(stream), stream)
    assert same(merged(store), ours)
    assert plain_states(ours) == {
        key: {column: value for column, value in state.items() if value is not None}
        for key, state in oracle_states(stream).items()
    }
