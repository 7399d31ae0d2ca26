"""What is sent, and what must come out: slices of the demo feed, and the oracle's answer to them."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sources import nga_nam
from sources.nga_nam import Event
from tests.e2e.program import Program
from tests.oracle import KPIS, STOCKS, kpi_rows
from tests.oracle_states import states

START, END = date(2022, 7, 1), date(2022, 10, 1)
NOW = datetime(2023, 1, 1, tzinfo=UTC)
QUARTER = ("--period", "2022-Q3", "--now", NOW.isoformat(), "--format", "json")

Rows = dict[tuple[str, Any], tuple[int, int | None, float | None]]


@cache
def _whole() -> list[Event]:
    return nga_nam.events()


@cache
def slice_of(every: int, duplicates: float = 0.05) -> list[Event]:
    """All events of every so manieth entity, as they reach Kafka: some twice, some late.

    With the entities come their corrections, voids and cleared columns.
    """
    chosen = set(sorted({event["subject"] for event in _whole()})[::every])
    found = [event for event in _whole() if event["subject"] in chosen]
    return nga_nam.scramble(found, every, duplicates)


def line(event: Event) -> bytes:
    """A record."""
    return json.dumps(event, ensure_ascii=False).encode()


def write(file: Path, events: Iterable[Event]) -> Path:
    """Write an NDJSON file."""
    file.write_bytes(b"".join(line(event) + b"\n" for event in events))
    return file


def check(program: Program, place: Sequence[object], events: Sequence[Event]) -> None:
    """`verify` finds nothing, each event is stored once, and the KPI rows are the oracle's."""
    verdict = json.loads(program.run("verify", *place, "--format", "json"))
    assert verdict["different"] == 0, verdict
    assert sum(verdict["events"].values()) == len({(event["source"], event["id"]) for event in events})
    assert rows(program, place) == expected(events)


def rows(program: Program, place: Sequence[object], *more: object, by: str | None = None) -> Rows:
    """What `kpis` says, of the KPIs that the oracle knows."""
    words = (*more, "--by", by) if by else more
    found = json.loads(program.run("kpis", *place, *QUARTER, *words))
    return _keyed((row for row in found if row["kpi"] in KPIS or row["kpi"] in STOCKS), by)


def expected(
    events: Iterable[Event], agency: str | None = None, self_only: bool = False, by: str | None = None
) -> Rows:
    """What the oracle says."""
    return _keyed(kpi_rows(states(events), START, END, NOW, agency, self_only, by), by)


def _keyed(found: Iterable[dict[str, Any]], by: str | None) -> Rows:
    return {
        (row["kpi"], row[by] if by else None): (row["numerator"], row["denominator"], row["value"])
        for row in found
    }
