"""The table of dossiers in a one-stop system's database, as Debezium tells its changes."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from schemas.column import Kind
from schemas.instant import OFFSET, to_microseconds
from sources.debezium.changes import Table
from sources.simulator.formats.lives import Life, Lives
from sources.simulator.formats.writer import PEOPLE, line


class Changes:
    """The row of a dossier after each change, with the time of the commit."""

    def __init__(self, mapping: Table) -> None:
        self._mapping, self._lives = mapping, Lives(mapping.entity)
        self._rows = dict[str, dict[str, Any]]()

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """A change for each event: the row as it is known when the event is heard."""
        known = self._rows
        for life, _, at in self._lives.hear(events):
            before, gone = known.get(life.subject), "voided" in life.now
            known[life.subject] = after = self._row(life)
            origin = {"connector": "postgresql", "table": self._mapping.table, "ts_us": to_microseconds(at)}
            operation = "d" if gone else ("u" if before else "c")
            yield line(
                {
                    "before": before or after,
                    "after": None if gone else after,
                    "source": origin,
                    "op": operation,
                }
            )

    def finish(self) -> Iterator[bytes]:
        """Nothing: all was told."""
        yield from ()

    def _row(self, life: Life) -> dict[str, Any]:
        now, columns = life.now, self._mapping.about.by_name
        row: dict[str, Any] = {self._mapping.subject[0]: life.subject, "owner": PEOPLE["name"]}
        for name, theirs in self._mapping.columns.items():
            value: Any = now.get(name)
            if columns[name].kind is Kind.TIME and value is not None:
                value = int(value) + OFFSET  # the wall clock counted as if it were UTC
            if columns[name].kind is Kind.FLAG and value is not None:
                value = value == 2
            row[theirs] = value
        return row
