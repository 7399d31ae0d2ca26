"""Recount everything from the original events and compare it with what is stored (design, invariant 9).

Nothing may write meanwhile: a checkpoint between two statements looks like a difference. The recount is made
in batches of subjects, so that memory does not grow with the number of events. It needs the right to make
temporary tables; they live in a session of their own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue
from schemas.contract import ENTITIES
from schemas.entity import Entity
from sinks.clickhouse import comparison, recount
from sinks.clickhouse.client import trouble
from sinks.clickhouse.comparison import Difference

BATCH = 400_000
"""Events per batch: about 150,000 dossiers, whose registers take some 200 MB."""


class _Session:
    """Statements that see the same temporary tables; raises StoreError."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = {"session_id": f"verify-{uuid4().hex}"}

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        with trouble("recount"):
            self._client.command(sql, parameters=dict(parameters or {}), settings=self._settings)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        with trouble("compare"):
            return self._client.query(
                sql, parameters=dict(parameters or {}), settings=self._settings
            ).result_rows


Part = dict[str, int | str]
"""Names a batch: entity, batches, batch."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: how many entries there are on either side, how many differ, and the first of them."""

    table: str
    entries: int
    different: int
    differences: tuple[Difference, ...]

    def __add__(self, other: "Compared") -> "Compared":
        """Two batches of the same table."""
        return Compared(
            self.table,
            self.entries + other.entries,
            self.different + other.different,
            self.differences + other.differences,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was compared: events recounted by entity, and the tables in order."""

    events: dict[str, int]
    tables: tuple[Compared, ...]

    @property
    def different(self) -> int:
        """How many states and cells differ."""
        return sum(table.different for table in self.tables)

    @property
    def differences(self) -> list[Difference]:
        """The first differences of each table; a differing state has one per column."""
        return [difference for table in self.tables for difference in table.differences]


def verify(
    client: Client,
    catalogue: Catalogue,
    *,
    limit: int = 20,
    batch: int = BATCH,
    progress: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Recount and compare; `limit` examples per table. `progress` is told each step in plain words."""
    session = _Session(client)
    events = _events(session)
    tables = []
    with _temporary(session, recount.CELLS, "recounted_cells"):
        for entity in ENTITIES.values():
            batches = max(1, -(-events.get(entity.name, 0) // batch))
            tables.append(_states(session, catalogue, entity, batches, limit, progress))
        progress("comparing counts")
        tables += [_cells(session, table, key, limit) for table, key in comparison.CELLS.items()]
    return Verdict(events, tuple(tables))


def _events(session: _Session) -> dict[str, int]:
    rows = session.rows("SELECT entity, count() FROM events FINAL GROUP BY entity")
    return dict(sorted((str(entity), int(count)) for entity, count in rows))


def _states(
    session: _Session,
    catalogue: Catalogue,
    entity: Entity,
    batches: int,
    limit: int,
    progress: Callable[[str], None],
) -> Compared:
    """Recount the states of an entity, compare them, and leave their counts in `recounted_cells`."""
    result = Compared(entity.table, 0, 0, ())
    for number in range(batches):
        progress(f"recounting {entity.table}, part {number + 1} of {batches}")
        part: Part = {"entity": entity.name, "batches": batches, "batch": number}
        with _temporary(session, recount.registers(entity), "recounted", part):
            measures = catalogue.of(entity.name)
            if measures:
                session.command(recount.cells(entity, measures))
            result += _state_differences(session, entity, part, limit - len(result.differences))
    return result


def _state_differences(session: _Session, entity: Entity, part: Part, limit: int) -> Compared:
    ((entries, different),) = session.rows(comparison.states_count(entity), parameters=part)
    if not different or limit <= 0:
        return Compared(entity.table, entries, different, ())
    rows = session.rows(comparison.states_examples(entity), parameters=part | {"limit": limit})
    found = tuple(d for row in rows for d in _of_state(entity.table, *row))
    return Compared(entity.table, entries, different, found[:limit])


def _of_state(
    table: str, subject: str, stored: bool, recounted: bool, columns: list[tuple[str, str, str]]
) -> Iterator[Difference]:
    if not (stored and recounted):
        sides = ("there" if stored else None, "there" if recounted else None)
        yield Difference(table, {"subject": subject}, *sides)
        return
    for column, ours, theirs in columns:
        yield Difference(table, {"subject": subject, "column": column}, ours, theirs)


def _cells(session: _Session, table: str, key: tuple[str, ...], limit: int) -> Compared:
    sql = comparison.cells(table, key)
    ((entries, different, examples),) = session.rows(sql, parameters={"limit": limit})
    found = (Difference(table, dict(zip(key, place, strict=True)), s, r) for place, s, r in examples)
    return Compared(table, entries, different, tuple(found))


@contextmanager
def _temporary(session: _Session, create: str, table: str, parameters: Part | None = None) -> Iterator[None]:
    session.command(f"DROP TEMPORARY TABLE IF EXISTS {table}")
    session.command(create, parameters=parameters)
    try:
        yield
    finally:
        session.command(f"DROP TEMPORARY TABLE IF EXISTS {table}")
