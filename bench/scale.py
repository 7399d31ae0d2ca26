"""`python -m bench.scale`: 34 provinces on one machine, as one worker would hold them: what bends first?

    python -m bench.scale --folder DIR [--dossiers 100000000] [--agencies 5000] [--shards 64] [--days 1095]

States of dossiers are drawn in columns, counted in the ledger of their shard, and left: what stays in memory
and in the store are counts, as after the dossiers themselves have been evicted. Then: the gauges of
Prometheus, a checkpoint of all shards, the counts as they are compared at an assignment, and questions by
province and agency. Prints CPU and wall time and the peak memory of each step; see docs/sizing.md.
"""

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.copies import TOPIC, Copies, simulated
from bench.memory import resident
from bench.panels import best, questions, told
from bench.recovery import measured, opened
from schemas.catalogue import load
from schemas.contract import ENTITIES
from schemas.instant import DAY, HOUR, VIETNAM, to_microseconds
from sinks.clickhouse.frames import state_schema
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import SUMMARY_COLUMNS, Cubes, Epoch
from streams.domain import Domain
from streams.exporter import Exporter
from streams.index import Numbers
from streams.ledger import Ledger
from streams.pending import checkpoint_of
from streams.settings import Settings

FIRST = datetime(2026, 1, 1, tzinfo=VIETNAM)
PROVINCES, PROCEDURES, OFFERED, FIELDS = 34, 2_000, 300, 40
WORKING_HOURS = (7, 17)
PAGE = 250_000
EVICT_AFTER_DAYS = 90
FRESH, FRESH_DAYS, BATCH = 500, 30, 20_000
"""Dossiers per shard whose events make the checkpoint."""
NOTHING = {cube: pl.DataFrame(schema=SUMMARY_COLUMNS) for cube in Cubes._fields}
"""What a store tells of shards of which it has no cells."""
FLAGS = (
    "fee_due",
    "result_file",
    "components_digitised",
    "result_digitised",
    "data_reused",
    "identity_verified",
)


def drawn(random: np.random.Generator, rows: int, agencies: int, days: int, start: int) -> pl.DataFrame:
    """States of dossiers as the store would give them: agencies and procedures of unequal size, all ended."""
    entity = ENTITIES["dossier"]
    agency = (agencies * random.random(rows) ** 2).astype(np.int64)
    procedure = (agency * 13 + (OFFERED * random.random(rows) ** 3).astype(np.int64)) % PROCEDURES
    received = to_microseconds(FIRST) + random.integers(0, days, rows) * DAY
    received += random.integers(*WORKING_HOURS, rows) * HOUR
    times = {"received_at": received, "due_at": received + 5 * DAY, "original_due_at": received + 5 * DAY}
    times["ended_at"] = received + random.integers(1, 7, rows) * DAY
    words = {
        "agency": [f"T{number % PROVINCES:02d}.{number // PROVINCES}" for number in agency],
        "procedure": [f"1.{number:06d}" for number in procedure],
        "field": [f"G{number % FIELDS}" for number in procedure],
        "channel": random.choice(["online", "counter"], rows, p=[0.7, 0.3]),
        "service_level": random.choice(["full", "partial"], rows),
        "outcome": random.choice(["granted", "returned"], rows, p=[0.95, 0.05]),
    }
    flags = {name: random.integers(1, 3, rows) for name in FLAGS}
    columns = {"subject": pl.Series([f"d{number}" for number in range(start, start + rows)])}
    for name, dtype in state_schema(entity).items():
        if name not in columns:
            columns[name] = _register(name, dtype, {**times, **words, **flags}, received)
    return pl.DataFrame(columns)


def _register(name: str, dtype: pl.DataType, given: dict[str, Any], version: Numbers) -> pl.Series:
    rows = len(version)
    if not isinstance(dtype, pl.Struct):
        return pl.Series(name, np.full(rows, -1), dtype=dtype)
    kind = dtype.to_schema()["value"]
    if name in given:
        values = pl.Series(given[name]).cast(kind)
    else:
        values = pl.Series(["" if kind == pl.String else 0]).cast(kind).new_from_index(0, rows)
        version = np.zeros(rows, np.int64)
    return pl.DataFrame({"version": pl.Series(version, dtype=pl.UInt64), "value": values}).to_struct(name)


class Scale:
    """One worker with all shards, and its store."""

    def __init__(self, folder: Path, shards: int) -> None:
        self.folder, self.domain = folder, Domain(load())
        self.store: ClickHouseStore = opened(folder / "store")
        fingerprint = self.domain.catalogue.fingerprint(TOPIC)
        self.epoch: Epoch = self.store.epoch(TOPIC, "bench", shards, fingerprint)
        self.ledgers = [Ledger(self.epoch, shard, self.domain, 1) for shard in range(shards)]

    def count(self, dossiers: int, agencies: int, days: int) -> None:
        """Count so many dossiers, shard by shard; states leave memory as at an assignment."""
        each = dossiers // len(self.ledgers)
        drawn(np.random.default_rng(0), min(PAGE, each), agencies, days, 0)  # its memory is not the ledgers'
        before = resident()
        for ledger in self.ledgers:
            random = np.random.default_rng(ledger.partition)
            for start in range(0, each, PAGE):
                frame = drawn(random, min(PAGE, each - start), agencies, days, start)
                ledger.load_states("dossier", frame)
                ledger.evict(EVICT_AFTER_DAYS)
        grown = resident() - before
        held, evicted = map(sum, zip(*(ledger.sizes for ledger in self.ledgers), strict=True))
        print(f"  {held:,} states in memory, {evicted:,} evicted; {grown / dossiers:.0f} bytes a dossier")

    def write(self, dossiers: int) -> None:
        """Write the counts of each shard by itself."""
        cells = Counter[str]()
        for ledger in self.ledgers:
            ledger.compare(NOTHING)
            made = checkpoint_of([ledger], [])
            self.store.write(made)
            cells.update({cube: frame.height for cube, frame in made.counts._asdict().items()})
        print(f"  {_told(cells)}, {cells.total() / dossiers:.1f} a dossier")

    def gauges(self, limit: int, now: int) -> None:
        """The snapshot for Prometheus with so many agencies of their own."""
        exporter = Exporter(Settings(gauge_agencies=limit), self.domain.catalogue)
        with measured(f"gauges, gauge_agencies = {limit:,}"):
            exporter.show(self.ledgers, now, at_once=True)
        with measured("  scrape"):
            series = sum(len(family.samples) for family in exporter.collect())
        print(f"  {series:,} series")

    def checkpoint(self, shards: int) -> None:
        """What happens to some new dossiers in each of so many shards, taken and written at once."""
        dossiers = FRESH * len(self.ledgers) // shards
        copies = Copies(self.domain, simulated(self.folder, dossiers, FRESH_DAYS), BATCH)
        ledgers = self.ledgers[:shards]
        for number, ledger in enumerate(ledgers):
            for batch in copies.copy(number + 1_000 * (shards > 1)):
                ledger.fold(batch, ledger.next_offset + 1)
        with measured(f"checkpoint of {shards} shards, {copies.events * shards:,} events"):
            made = checkpoint_of(ledgers, [])
            self.store.write(made)
        print(f"  {_told({cube: frame.height for cube, frame in made.counts._asdict().items()})}")

    def load(self) -> None:
        """The counts at an assignment: in short for all shards together, and all cells of one shard."""
        with measured("counts of all shards compared by month"):
            summaries = self.store.summaries(self.epoch, range(len(self.ledgers)))
            for ledger in self.ledgers:
                stored = {cube: rows.filter(partition=ledger.partition) for cube, rows in summaries.items()}
                assert not any(ledger.compare(stored).values())
        with measured("all counts of one shard read"):
            found = self.store.counts(self.epoch, 0)
        print(f"  {sum(frame.height for frame in found):,} cells")

    def ask(self, days: int) -> None:
        """Questions of the board, of all provinces and of one."""
        client = self.store.client
        client.set_client_setting("max_threads", 1)
        last = FIRST + timedelta(days=days - 1)
        first = max(FIRST, last - timedelta(days=364))
        asked = [(best(run), name) for name, run in questions(client, first, last, "T01")]
        told("questions", asked, len(asked))
        size = "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active GROUP BY 1"
        for table, rows, size_on_disk in client.query(size).result_rows:
            if table.startswith("counts_"):
                print(f"{table}: {rows:,} rows, {size_on_disk / rows:.1f} bytes each on disk")


def _told(cells: Mapping[str, int]) -> str:
    return f"{', '.join(f'{number:,} {cube}' for cube, number in cells.items())} cells"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the store goes; an empty one")
    parser.add_argument("--dossiers", type=int, default=100_000_000)
    parser.add_argument("--agencies", type=int, default=5_000)
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--days", type=int, default=1_095)
    chosen = parser.parse_args()
    scale = Scale(chosen.folder, chosen.shards)
    with measured(f"{chosen.dossiers:,} dossiers drawn and counted in {chosen.shards} shards"):
        scale.count(chosen.dossiers, chosen.agencies, chosen.days)
    with measured("write their counts"):
        scale.write(chosen.dossiers)
    now = to_microseconds(FIRST + timedelta(days=chosen.days))
    for limit in (300, chosen.agencies):
        scale.gauges(limit, now)
    scale.load()
    for shards in sorted({1, chosen.shards}):
        scale.checkpoint(shards)
    scale.ask(chosen.days)


if __name__ == "__main__":
    main()
