"""The merge of registers as ClickHouse does it, read through the views and by the loader."""

import itertools
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.column import LATEST_VERSION, Kind
from schemas.dossier import DOSSIER
from sinks.clickhouse.frames import insert, state_schema
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import Epoch
from tests.stores import embedded

EPOCH = Epoch("reform.dossiers", 1001, "log", 1, "catalogue")
SCHEMA = state_schema(DOSSIER)
Row = dict[str, Any]


def moment(day: int) -> datetime:
    return datetime(2022, 7, day, 3, tzinfo=UTC) if day else datetime.fromtimestamp(0, UTC)


def register(version: int, value: Any) -> dict[str, Any]:
    return {"version": version, "value": value}


def put(store: ClickHouseStore, *rows: Row) -> None:
    """Insert partial rows, one insert per row: columns left out were not stated."""
    for row in rows:
        frame = pl.DataFrame([row], schema={name: SCHEMA[name] for name in row})
        insert(store.client, "dossiers", frame)


def clear(store: ClickHouseStore) -> None:
    store.client.command("TRUNCATE TABLE dossiers SYNC")


def current(store: ClickHouseStore, *columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {', '.join(columns)} FROM dossiers_current ORDER BY subject"  # noqa: S608
    return [tuple(row) for row in store.client.query(query).result_rows]


CASES: dict[str, tuple[str, list[Any], Any]] = {
    "the later wins": ("agency", [(5, "A"), (9, "B"), (7, "Z")], "B"),
    "at the same time the greater value wins": ("agency", [(5, "A"), (5, "C"), (5, "B")], "C"),
    "cleared beats older": ("channel", [(5, "online"), (6, "")], None),
    "cleared loses against later": ("channel", [(6, ""), (7, "online")], "online"),
    "a value beats cleared at the same time": ("channel", [(6, ""), (6, "counter")], "counter"),
    "a time is cleared": ("paid_at", [(5, moment(3)), (6, moment(0))], None),
    "a time at the same version": ("paid_at", [(5, moment(3)), (5, moment(0))], moment(3)),
    "true beats false at the same time": ("fee_due", [(5, 1), (5, 2)], True),
    "false later": ("fee_due", [(5, 2), (6, 1)], False),
    "a flag is cleared": ("fee_due", [(5, 2), (6, 0)], None),
    "voided is never null": ("voided", [(0, 0)], False),
    "voided taken back": ("voided", [(5, 2), (6, 1)], False),
    "voided": ("voided", [(5, 2), (4, 1)], True),
    "the greatest ordinal": ("supplements", [2, 3, 1], 3),
    "no ordinal": ("supplements", [-1], None),
    "zero is a number": ("waited_minutes", [(5, 0), (4, 90)], 0),
    "a number is cleared": ("waited_minutes", [(5, 90), (6, -1)], None),
    "zero beats cleared at the same time": ("waited_minutes", [(5, -1), (5, 0)], 0),
    "the first promise stays": (
        "original_due_at",
        [(LATEST_VERSION - 7, moment(9)), (LATEST_VERSION - 5, moment(4)), (LATEST_VERSION - 6, moment(1))],
        moment(4),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_in_every_order(store: ClickHouseStore, case: str) -> None:
    column, values, expected = CASES[case]
    for number, order in enumerate(itertools.permutations(values)):
        for value in order:
            held = value if isinstance(value, int) else register(*value)
            put(store, {"subject": f"D-{number}", column: held})
    found = [value for (value,) in current(store, column)]
    assert found == [expected] * len(found)
    store.client.command("OPTIMIZE TABLE dossiers FINAL")
    assert [value for (value,) in current(store, column)] == found, "merged parts say the same"


def test_what_was_never_stated_is_null(store: ClickHouseStore) -> None:
    put(store, {"subject": "D-1"})
    ((subject, partition, *rest, voided),) = current(store, "*")
    assert (subject, partition, set(rest), voided) == ("D-1", 0, {None}, False)
    loaded = store.states("dossier", EPOCH, 0).row(0, named=True)
    for column in DOSSIER.columns:
        unset = moment(0) if column.kind is Kind.TIME else column.kind.unset
        assert loaded[column.name] in (register(0, unset), unset), column.name


def test_conditions_of_a_reader_do_not_see_old_values(store: ClickHouseStore) -> None:
    put(store, {"subject": "D-1", "channel": register(5, "online")})
    put(store, {"subject": "D-1", "channel": register(6, "counter")})
    where = "SELECT count() FROM dossiers_current WHERE channel = {channel:String}"
    found = [store.client.command(where, parameters={"channel": c}) for c in ("online", "counter")]
    assert found == [0, 1]


partial_rows = st.fixed_dictionaries(
    {"subject": st.sampled_from(["D-1", "D-2"])},
    optional={
        "agency": st.builds(register, st.integers(1, 3), st.sampled_from(["", "H51", "H51.18"])),
        "due_at": st.builds(register, st.integers(1, 3), st.integers(0, 3).map(moment)),
        "fee_due": st.builds(register, st.integers(1, 3), st.integers(0, 2)),
        "waited_minutes": st.builds(register, st.integers(1, 3), st.integers(-1, 2)),
        "supplements": st.integers(-1, 3),
    },
)
COLUMNS = ("agency", "due_at", "fee_due", "waited_minutes", "supplements")


@settings(max_examples=12)
@given(st.lists(partial_rows, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(rows: list[Row], random: Any) -> None:
    store = embedded()
    clear(store)
    put(store, *rows)
    once, loaded = current(store, "*"), _loaded(store)
    assert loaded.select("subject", *COLUMNS).rows() == _merged(rows)
    again = rows + random.choices(rows, k=3)
    random.shuffle(again)
    clear(store)
    put(store, *again[:4])
    # The rest in one insert, whole rows, duplicates among them.
    whole = [_whole(row) for row in again[4:]]
    schema = {name: SCHEMA[name] for name in ("subject", *COLUMNS)}
    insert(store.client, "dossiers", pl.DataFrame(whole, schema=schema))
    assert current(store, "*") == once
    assert _loaded(store).equals(loaded)


UNSET: Row = {
    "agency": register(0, ""),
    "due_at": register(0, moment(0)),
    "fee_due": register(0, 0),
    "waited_minutes": register(0, -1),
    "supplements": -1,
}


def _whole(row: Row) -> Row:
    return UNSET | row


def _merged(rows: list[Row]) -> list[tuple[Any, ...]]:
    """The rule in Python: the greatest (version, value) of each register."""
    found = []
    for subject in sorted({row["subject"] for row in rows}):
        whole = [_whole(row) for row in rows if row["subject"] == subject]
        found.append((subject, *(max((row[c] for row in whole), key=_rank) for c in COLUMNS)))
    return found


def _rank(held: Any) -> tuple[Any, ...]:
    return (held["version"], held["value"]) if isinstance(held, dict) else (held,)


def _loaded(store: ClickHouseStore) -> pl.DataFrame:
    return store.states("dossier", EPOCH, 0).sort("subject")
