"""As many dossiers as a measurement needs, for the price of decoding some: each copy has subjects of its own.

A copy is one simulated stretch of a province (all dossier and payment events, in order), some days after the
one before it, so that with the copies time goes by and cells grow as they do in life.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from schemas.column import Kind
from schemas.instant import DAY
from streams.clock import system_clock
from streams.decode import Decoder
from streams.domain import Domain
from streams.facts import Facts, Stated

TOPIC = "reform.dossiers"
DAYS_APART = 7
LATER = 10_000 * DAY


def simulated(folder: Path, dossiers: int, days: int) -> list[bytes]:
    """The records of the dossier topic of a simulated stretch; simulated once per folder."""
    file = folder / f"copies-{dossiers}-{days}.ndjson"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ("--dossiers", str(dossiers), "--days", str(days), "--output", str(file))
        command = [sys.executable, "-m", "streams", "simulate", *options]
        subprocess.run(command, check=True, capture_output=True)
    ours = (b"vn.reform.dossier.", b"vn.reform.payment.")
    with file.open("rb") as lines:
        return [line.rstrip() for line in lines if any(kind in line for kind in ours)]


class Copies:
    """Decoded batches of a stretch, to be had again and again."""

    def __init__(self, domain: Domain, records: list[bytes], batch: int) -> None:
        decoder, now = Decoder(TOPIC, domain.vocabulary), system_clock() + LATER
        self.events = len(records)
        self._batches = [
            decoder.decode(records[start : start + batch], now).facts
            for start in range(0, len(records), batch)
        ]

    def copy(self, number: int) -> Iterator[dict[str, Facts]]:
        """The batches of a copy."""
        for batch in self._batches:
            yield {name: _copied(facts, number) for name, facts in batch.items()}


def _copied(facts: Facts, number: int) -> Facts:
    shift = number * DAYS_APART * DAY
    subjects = pl.select(pl.lit(f"{number:04d}-") + facts.subjects).to_series()
    copied = Facts(facts.entity, subjects, facts.times + shift, facts.positions)
    for name, parts in facts.registers.items():
        moves = shift * (facts.entity.by_name[name].kind is Kind.TIME)
        copied.registers[name] = [
            Stated(part.rows, np.where(part.values > 0, part.values + moves, part.values)) for part in parts
        ]
    return copied
