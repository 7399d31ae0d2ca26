"""What is sent, and what must come out: slices of the demo feed, and the oracle's answer to them."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sources import nga_nam
from sources.nga_nam import Event
from tests.e2e.program import Program
from tests.oracle import kpi_rows
from tests.oracle_states import states

START, END = date(2022, 7, 1), date(2022, 10, 1)
NOW = datetime(2023, 1, 1, tzinfo=UTC)
QUARTER = ("--period", "2022-Q3", "--now", NOW.isoformat(), "--format", "json")

Rows = dict[tuple[str, Any], tuple[float, float | None, float | None]]


class Question(NamedTuple):
    """Which rows are wanted of the quarter."""

    agency: str | None = None
    self_only: bool = False
    by: str | None = None

    @property
    def words(self) -> list[str]:
        """As options of `kpis`."""
        agency = ["--agency", self.agency] if self.agency else []
        return [*agency, *(["--self-only"] * self.self_only), *(["--by", self.by] if self.by else [])]


@cache
def whole() -> list[Event]:
    """All events of the demo, in the order they happened."""
    return nga_nam.events()


@cache
def slice_of(every: int, duplicates: float = 0.05) -> list[Event]:
    """All events of every so manieth entity, as they reach Kafka: some twice, some late.

    Ten each of those that were voided or had a column cleared are among them.
    """
    voided = {event["subject"] for event in whole() if event["type"].endswith(".voided.v1")}
    cleared = {event["subject"] for event in whole() if None in event["data"].values()}
    chosen = {*sorted({event["subject"] for event in whole()})[::every]}
    chosen |= {*sorted(voided)[:10], *sorted(cleared)[:10]}
    found = [event for event in whole() if event["subject"] in chosen]
    return nga_nam.scramble(found, every, duplicates)


def line(event: Event) -> bytes:
    """A record."""
    return json.dumps(event, ensure_ascii=False).encode()


def write(file: Path, events: Iterable[Event]) -> Path:
    """Write an NDJSON file."""
    file.write_bytes(b"".join(line(event) + b"\n" for event in events))
    return file


def check(program: Program, place: Sequence[object], events: Sequence[Event], *questions: Question) -> None:
    """`verify` finds nothing, each event is stored once, and the KPI rows are the oracle's."""
    questions = questions or (Question(),)
    asked = [("kpis", *place, *QUARTER, *question.words) for question in questions]
    told, *answers = program.run_all(("verify", *place, "--format", "json"), *asked)
    verdict = json.loads(told)
    assert verdict["different"] == 0, verdict
    assert sum(verdict["events"].values()) == len({(event["source"], event["id"]) for event in events})
    for question, answer in zip(questions, answers, strict=True):
        assert _keyed(json.loads(answer), question.by) == expected(events, question), question


def expected(events: Iterable[Event], question: Question) -> Rows:
    """What the oracle says."""
    agency, self_only, by = question
    return _keyed(kpi_rows(states(events), START, END, NOW, agency, self_only, by), by)


def _keyed(found: Iterable[dict[str, Any]], by: str | None) -> Rows:
    return {
        (row["kpi"], row[by] if by else None): (row["numerator"], row["denominator"], row["value"])
        for row in found
    }
