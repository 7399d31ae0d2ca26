"""`python -m bench.ours`: our worker as a contender: the real one, told apart only by where its run ends.

Without `--writes` its checkpoints are made and thrown away; with them they go to an embedded ClickHouse in
the same process, with the full contract's columns: every event, every state, all measures by hour and day.
Recovery is not an option: states are in ClickHouse before an offset is committed.
"""

import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from bench.options import Options, done
from schemas.catalogue import load
from schemas.contract import ENTITIES
from sinks.clickhouse.frames import state_schema
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import COUNT_COLUMNS, SUMMARY_COLUMNS, Checkpoint, Epoch, Store
from streams.cli.worker import build_engine, open_store
from streams.engine import Engine
from streams.errand import Errand
from streams.settings import Settings
from streams.shard import Batch, Commit, Processor, Shard
from streams.worker import Worker

MEASURES = (
    *("dossiers_received", "dossiers_received_online", "dossiers_received_online_full"),
    *("dossiers_paid_online", "dossiers_ended", "dossiers_ended_on_time"),
)
KEY = ["measure", "agency", "procedure", "field", "cohort", "bucket", "partition"]
GATE_SECONDS = 0.02


class Nothing(Store):
    """A store that keeps nothing but the newest daily counts, which are the result."""

    def __init__(self) -> None:
        self.daily: list[pl.DataFrame] = []

    def epoch(self, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
        return Epoch(topic, 1, identity, partitions, fingerprint)

    def states(self, entity: str, epoch: Epoch, partition: int) -> pl.DataFrame:
        del epoch, partition
        return pl.DataFrame(schema=state_schema(ENTITIES[entity]))

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        del subjects
        return pl.DataFrame(schema=state_schema(ENTITIES[entity]))

    def claims(self, epoch: Epoch, partitions: Sequence[int]) -> dict[int, int]:
        del epoch, partitions
        return {}

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        del epoch, partitions
        return {cube: pl.DataFrame(schema=SUMMARY_COLUMNS) for cube in COUNT_COLUMNS}

    def cells(self, cube: str, epoch: Epoch, partitions: Sequence[int], month: int) -> pl.DataFrame:
        del epoch, partitions, month
        return pl.DataFrame(schema=COUNT_COLUMNS[cube])

    def progress(self, epoch: Epoch) -> Mapping[Shard, int]:
        del epoch
        return {}

    def write(self, checkpoint: Checkpoint) -> None:
        self.daily.append(checkpoint.counts.daily)

    def retire(self, topic: str) -> list[int]:
        del topic
        return []


class Run(Processor):
    """The engine, until it has folded what its partitions hold."""

    def __init__(self, engine: Engine, options: Options, ends: list[int]) -> None:
        self._engine, self._options, self._ends = engine, options, ends
        self._gate = options.folder / "gate"
        self._left = -1
        self.worker: Worker | None = None

    @property
    def errand(self) -> Errand:
        return self._engine.errand

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        """Load; then wait until all workers of the run have got their share."""
        await self._engine.assign(committed)
        self._left = sum(self._ends[shard.partition] for shard in committed)
        print("assigned", *sorted(shard.partition for shard in committed), flush=True)
        while not self._gate.exists():
            await asyncio.sleep(GATE_SECONDS)
        print("first", flush=True)

    async def process(self, batch: Batch, commit: Commit) -> None:
        await self._engine.process(batch, commit)
        self._left -= len(batch.values)
        if not self._left:
            await self._engine.flush(commit)
            done()
            if self.worker:
                self.worker.stop()

    async def flush(self, commit: Commit) -> None:
        await self._engine.flush(commit)

    async def revoke(self) -> None:
        await self._engine.revoke()


def counted(store: ClickHouseStore | Nothing) -> list[list[object]]:
    """Agency, day since 1970 and the six measures, of all cells that count something."""
    if isinstance(store, Nothing):
        newest = pl.concat(store.daily).unique(KEY, keep="last", maintain_order=True)
        cells = newest.group_by("measure", "agency", "bucket").agg(pl.col("value").sum())
    else:
        query = (
            "SELECT measure, agency, bucket, sum(value) AS value FROM counts_daily FINAL "
            "GROUP BY measure, agency, bucket"
        )
        columns = ["measure", "agency", "bucket", "value"]
        cells = pl.DataFrame(store.client.query(query).result_rows, schema=columns, orient="row")
    chosen = cells.filter(pl.col("measure").is_in(MEASURES) & (pl.col("value") != 0))
    wide = chosen.pivot("measure", index=["agency", "bucket"], values="value").fill_null(0)
    days = wide.with_columns(pl.col("bucket").cast(pl.Date).cast(pl.Int32))
    return sorted(list(row) for row in days.select("agency", "bucket", *MEASURES).iter_rows())


def main() -> None:
    options = Options.read()
    ends = json.loads(os.environ["BENCH_ENDS"])
    logging.basicConfig(level="WARNING")
    settings = Settings(kafka=options.kafka, group=options.group)
    store = (
        open_store(settings, Path(options.folder / f"store-{os.getpid()}")) if options.writes else Nothing()
    )
    engine = build_engine(settings, store, load())  # type: ignore[arg-type]
    run = Run(engine, options, ends)
    run.worker = Worker(settings, run, [options.topic])
    asyncio.run(run.worker.serve())
    (options.folder / f"counts-{os.getpid()}.json").write_text(json.dumps(counted(store)))


if __name__ == "__main__":
    main()
