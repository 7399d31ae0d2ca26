"""`python -m bench.stages`: what a worker's cycle costs, stage by stage, in CPU microseconds per event.

    python -m bench.stages [--events 300000] [--runs 3] [--json FILE] [--docs] [--profile 20000]

Drives the worker's own code in its own order, without a broker: record batches as they come from Kafka are
split, decoded, folded, derived and, every checkpoint, written to an embedded ClickHouse. Two sizes of
batches: a backlog (20,000 records, full checkpoints), a quiet day (500, a checkpoint every 5,000). CPU time
of all threads, so that a busy machine does not matter much; each run is a process of its own, and the runs of
both sizes take turns. `--profile` says which functions it goes to.
"""

import argparse
import cProfile
import json
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report import put
from bench.workload import TOPIC, Workload, subject_of
from sources.producer import HEADERS
from streams.settings import Settings

PARTITIONS = 4
CASES = {20_000: Settings.model_fields["checkpoint_rows"].default, 500: 5_000}
"""Records per batch: records per checkpoint."""
PRODUCED = 500
"""Records in one record batch of the log, about what a producer sends at once."""

STAGES = (
    *("split", "decode", "event rows", "fold", "derive", "take states", "take counts", "checkpoint"),
    *("write events", "write states", "write counts", "write progress", "rest", "all"),
)


class Stopwatch:
    """CPU seconds of all threads by stage; a stage within another is taken from the outer one."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open: list[str] = []
        self._last = time.process_time()

    def lap(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1] if self._open else "rest"] += now - self._last
        self._last = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.lap()
        self._open.append(name)
        yield
        self.lap()
        self._open.pop()

    def reset(self) -> None:
        self.lap()
        self.seconds.clear()

    def watch(self, owner: Any, function: str, name: Callable[..., str]) -> None:
        """Count what a function or method takes; `name` is given its arguments."""
        timed = getattr(owner, function)

        def watched(*arguments: Any, **options: Any) -> Any:
            with self.stage(name(*arguments)):
                return timed(*arguments, **options)

        setattr(owner, function, watched)


def watch_all(watch: Stopwatch) -> None:
    """The stages; whatever is called outside of them is "rest"."""
    from sinks.clickhouse import writer
    from streams import pending, replay
    from streams.checkpoint import Cubes
    from streams.decode import Decoder
    from streams.derive import Derivation
    from streams.ledger import Ledger
    from streams.states import States
    from streams.transport import fetch

    tables = {"events": "write events"} | {f"counts_{cube}": "write counts" for cube in Cubes._fields}
    watch.watch(fetch, "_batch", lambda *_: "split")
    watch.watch(Decoder, "decode", lambda *_: "decode")
    watch.watch(replay, "event_rows", lambda *_: "event rows")
    watch.watch(States, "fold", lambda *_: "fold")
    watch.watch(Derivation, "apply", lambda *_: "derive")
    watch.watch(Ledger, "take_states", lambda *_: "take states")
    watch.watch(Ledger, "take_counts", lambda *_: "take counts")
    watch.watch(pending, "checkpoint_of", lambda *_: "checkpoint")
    watch.watch(
        writer,
        "insert",
        lambda _, table, *__: tables.get(table, "write progress" if table == "progress" else "write states"),
    )


def log_of(records: list[bytes], batch: int) -> list[tuple[int, bytes]]:
    """What fetches would return, in turn: the partition and its record batches, lz4 as producers send it."""
    from aiokafka.record.default_records import DefaultRecordBatchBuilder

    parted: list[list[bytes]] = [[] for _ in range(PARTITIONS)]
    fetched: list[tuple[int, bytes]] = []
    offsets = [0] * PARTITIONS

    def fetch(partition: int) -> None:
        values, built = parted[partition], bytearray()
        for start in range(0, len(values), PRODUCED):
            builder = DefaultRecordBatchBuilder(2, 3, 0, -1, -1, 0, 1 << 24)
            some = values[start : start + PRODUCED]
            for number, value in enumerate(some):
                builder.append(number, 1_760_000_000_000, subject_of(value), value, HEADERS)
            raw = builder.build()
            raw[:8] = offsets[partition].to_bytes(8, "big")  # as the broker does
            offsets[partition] += len(some)
            built += raw
        values.clear()
        fetched.append((partition, bytes(built)))

    for record in records:
        partition = zlib.crc32(subject_of(record)) % PARTITIONS
        parted[partition].append(record)
        if len(parted[partition]) == batch:
            fetch(partition)
    for partition in range(PARTITIONS):
        fetch(partition)
    return fetched


def run(events: int, batch: int, profile: bool) -> dict[str, float]:
    """One run in this process; seconds by stage, and the memory at its highest, in MiB."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    watch, profiler = Stopwatch(), cProfile.Profile()
    if not profile:
        watch_all(watch)
    log = log_of(Workload(events).records(), batch)
    with tempfile.TemporaryDirectory(prefix="reform-pulse-") as folder:
        cycle = _cycle(Path(folder), log, CASES[batch])
        next(cycle)
        before = _peak()
        watch.reset()
        if profile:
            profiler.enable()
        next(cycle)
        profiler.disable()
        watch.lap()
        result = dict(watch.seconds) | {"peak MiB": _peak(), "peak MiB before": before}
        cycle.close()
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(50)
    return result


def _cycle(folder: Path, log: list[tuple[int, bytes]], checkpoint: int) -> Iterator[None]:
    """The worker's cycle over a log; yields when all is ready to begin, and when it is done."""
    import numpy as np
    from aiokafka import TopicPartition
    from aiokafka.record.memory_records import MemoryRecords

    from schemas.catalogue import load
    from sinks.clickhouse.migrate import migrate
    from sinks.clickhouse.store import ClickHouseStore
    from streams import pending, replay
    from streams.clock import system_clock
    from streams.decode import Decoder
    from streams.domain import Domain
    from streams.garbage import calm
    from streams.recovery import recover
    from streams.transport import fetch

    domain = Domain(load())
    store = ClickHouseStore.at(folder)
    migrate(store.client)
    epoch = store.epoch(TOPIC, "bench", PARTITIONS, domain.catalogue.fingerprint(TOPIC))
    ledgers = recover(store, domain, epoch, dict.fromkeys(range(PARTITIONS), 0))
    decoder, waiting = Decoder(TOPIC, domain.vocabulary), pending.Pending()
    calm()  # as build_engine does
    yield
    for number, (partition, raw) in enumerate(log, 1):
        ledger, tp = ledgers[partition], TopicPartition(TOPIC, partition)
        checked = fetch._checked(tp, MemoryRecords(raw), True)  # noqa: SLF001
        taken = fetch._batch(tp, ledger.next_offset, checked)  # noqa: SLF001
        decoded = decoder.decode(taken.values, system_clock())
        ledger.fold(decoded.facts, taken.next_offset)
        offsets = np.array(taken.offsets, np.int64)
        rows = replay.event_rows(decoded.events, TOPIC, partition, offsets)
        waiting.add(ledger, len(taken.values), rows, [])
        if waiting.rows >= checkpoint or number == len(log):
            store.write(waiting.take().checkpoint)
    yield
    store.close()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def medians(events: int, runs: int) -> dict[int, dict[str, float]]:
    """CPU microseconds per event by stage for each size of batches; sizes take turns."""
    found: dict[int, list[dict[str, float]]] = {batch: [] for batch in CASES}
    for _ in range(runs):
        for batch, results in found.items():
            command = [sys.executable, "-m", "bench.stages", "--events", str(events), "--once", str(batch)]
            results.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    return {batch: _median(results, events) for batch, results in found.items()}


def _median(results: list[dict[str, float]], events: int) -> dict[str, float]:
    def of(values: list[float]) -> float:
        return round(statistics.median(values), 3)

    memory = {name for name in results[0] if "MiB" in name}
    stages = {name: 1e6 / events for name in results[0] if name not in memory}
    per_event = {name: of([run.get(name, 0) * each for run in results]) for name, each in stages.items()}
    total = of([sum(run.get(name, 0) for name in stages) * 1e6 / events for run in results])
    return per_event | {"all": total} | {name: of([run[name] for run in results]) for name in memory}


def table(found: dict[int, dict[str, float]]) -> str:
    """Markdown."""
    order = [stage for stage in STAGES if any(stage in figures for figures in found.values())]
    head = [f"batches of {batch:,}, checkpoints of {CASES[batch]:,}" for batch in found]
    lines = [["stage, CPU us per event", *head], ["---", *("---:" for _ in head)]]
    lines += [[stage, *(f"{figures.get(stage, 0):.2f}" for figures in found.values())] for stage in order]
    lines += [["events/s on one core", *(f"{1e6 / figures['all']:,.0f}" for figures in found.values())]]
    for name in ("peak MiB before", "peak MiB"):
        lines += [[name, *(f"{figures[name]:,.0f}" for figures in found.values())]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stages", description=__doc__.split("\n\n")[0])
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--docs", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("--once", type=int, choices=CASES, help="one run in this process, as JSON")
    parser.add_argument("--profile", type=int, choices=CASES, help="one run under cProfile")
    chosen = parser.parse_args()
    Workload(chosen.events).file  # noqa: B018 - made once
    if chosen.profile:
        run(chosen.events, chosen.profile, profile=True)
    elif chosen.once:
        print(json.dumps(run(chosen.events, chosen.once, profile=False)))
    else:
        found = medians(chosen.events, chosen.runs)
        print(table(found))
        if chosen.docs:
            put("stages", table(found))
        if chosen.json:
            chosen.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
