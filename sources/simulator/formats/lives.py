"""What a source system knows of each of its entities: all that was told of it, in the order of time."""

import json
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import polars as pl

from schemas.contract import declared
from schemas.event import Stored, registers
from schemas.instant import VIETNAM, parse_instant
from schemas.refusal import Refusal


class Step(NamedTuple):
    """One event: its time in microseconds, its name, and what it states, in stored form."""

    time: int
    name: str
    states: dict[str, Stored]


@dataclass
class Life:
    """steps: by time. now: what stands after the last of them."""

    subject: str
    agency: str = ""
    steps: list[Step] = field(default_factory=list)

    @property
    def now(self) -> dict[str, Stored]:
        """Columns that have a value."""
        merged: dict[str, Stored] = {}
        for step in self.steps:
            merged |= step.states
        return {name: value for name, value in merged.items() if value not in ("", 0, -1)}

    def times(self, name: str) -> list[int]:
        """When events of a name happened."""
        return [step.time for step in self.steps if step.name == name]


class Lives:
    """The lives of one entity, by subject."""

    def __init__(self, entity: str) -> None:
        self._prefix, self._lives = f"vn.reform.{entity}.", dict[str, Life]()

    def hear(self, events: pl.DataFrame) -> Iterator[tuple[Life, Step, datetime]]:
        """Take in events (`at, type, agency, key, line`); each with its life, and when it was heard."""
        mine = events.filter(pl.col("type").str.starts_with(self._prefix))
        for at, agency, line in mine.select("at", pl.col("agency").cast(pl.String), "line").iter_rows():
            try:
                event = json.loads(line)
                kind, time = declared(event["type"]), parse_instant(event["time"])
            except (
                ValueError,
                LookupError,
                Refusal,
            ):  # a record that nobody can read: the scenario `dead-letters`
                continue
            life = self._lives.setdefault(event["subject"], Life(event["subject"], agency))
            step = Step(time, kind.event.name, registers(kind, time, event["data"]))
            if step not in life.steps:
                insort(life.steps, step, key=lambda step: step.time)
            yield life, step, at.replace(tzinfo=VIETNAM)

    def changed(self, events: pl.DataFrame) -> list[Life]:
        """The lives that events belong to, each once, in the order of arrival."""
        return list({life.subject: life for life, *_ in self.hear(events)}.values())

    def all(self) -> list[Life]:
        """Every life, but for those that were entered by mistake: a source has deleted them."""
        return [life for life in self._lives.values() if "voided" not in life.now]
