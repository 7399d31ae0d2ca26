"""`python -m bench` (`make bench`): the same job on the same topic, side by side with peers.

    python -m bench [--events 1000000] [--runs 5] [--slow-runs 3] [--only NAME ...]

Fills a topic, runs every contender in every variant, in turns, each in a process of its own pinned to one
core (the broker on the other one), and holds each result against a naive program. Prints tables; a run of
all contenders over all events also writes docs/benchmarks.md, docs/benchmarks.json and docs/benchmarks.svg.
"""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import marks, oracle, report
from bench.contenders import CONTENDERS, RECOVERY, WRITES, Contender, Missing, environment
from bench.log import PARTITIONS, Log, ends, filled
from bench.measure import Failed, Figures, measure, new_folder
from bench.server import Server, served
from bench.workload import TOPIC, Workload

LIMIT_SECONDS = 1_800.0
_TASKSET = shutil.which("taskset") or "taskset"


def rounds(
    chosen: list[Contender], runs: int, slow_runs: int
) -> Iterator[tuple[int, Contender, frozenset[str]]]:
    """Every contender and variant in turn, again and again; the slow ones fewer times."""
    for number in range(max(runs, slow_runs)):
        for contender in chosen:
            if number < (runs if contender.quick else slow_runs):
                yield from ((number, contender, variant) for variant in contender.variants)


def run(
    contender: Contender, variant: frozenset[str], number: int, log: Log, server: Server, workload: Workload
) -> Figures:
    """One run; raises Missing or Failed, also when its counts are not the oracle's."""
    group = f"{contender.name}-{'-'.join(sorted(variant)) or 'plain'}-{number}-{os.getpid()}"
    with new_folder() as folder:
        options = ["--kafka", log.kafka, "--topic", TOPIC, "--group", group, "--folder", folder]
        options += ["--partitions", str(PARTITIONS), "--events", str(workload.events)]
        flags = [f"--{name}" for name in (WRITES, RECOVERY) if name in variant]
        cores = _cores(contender.workers)
        commands = [[_TASKSET, "-c", core, *contender.command(), *options, *flags] for core in cores]
        own = {"BENCH_ENDS": json.dumps(ends(log)), "BENCH_CLICKHOUSE": server.url}
        if contender.is_java:
            server.renew()
        figures = measure(commands, environment() | own, log.pid, Path(folder), LIMIT_SECONDS)
        if contender.is_java and WRITES in variant:
            (Path(folder) / "counts.json").write_text(json.dumps(server.rows()))
        if contender.counts and _added(Path(folder)) != oracle.counts(workload):
            raise Failed("its counts are not those of the naive program")
        return figures


def _cores(workers: int) -> list[str]:
    """The last core for one worker; the broker is on the first."""
    cores = sorted(_ALL_CORES)
    return [str(core) for core in cores[::-1][:workers]]


def _added(folder: Path) -> oracle.Rows:
    """The counts that the processes of a run handed over, added up."""
    cells: dict[tuple[str, int], Counter[int]] = {}
    for file in folder.glob("counts*.json"):
        for agency, day, *counted in json.loads(file.read_text()):
            cells.setdefault((agency, day), Counter()).update(dict(enumerate(counted)))
    return sorted([*cell, *(counted[n] for n in range(6))] for cell, counted in cells.items())


_ALL_CORES = os.sched_getaffinity(0)


def main() -> int:
    """Run it all; the exit code: 1 when a contender failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=3, help="of those that take minutes")
    parser.add_argument("--only", nargs="*", choices=[c.name for c in CONTENDERS])
    chosen = parser.parse_args()
    workload = Workload(chosen.events)
    oracle.counts(workload)
    taking_part = [c for c in CONTENDERS if not chosen.only or c.name in chosen.only]
    if len(_ALL_CORES) > 1:
        os.sched_setaffinity(0, {min(_ALL_CORES)})  # ours and the broker's, which inherits it
    results: dict[tuple[str, frozenset[str]], list[Figures]] = {}
    troubles: dict[tuple[str, frozenset[str]], str] = {}
    with filled(workload) as log, served() as server:
        for number, contender, variant in rounds(taking_part, chosen.runs, chosen.slow_runs):
            key = contender.name, variant
            if key in troubles:
                continue
            try:
                figures = run(contender, variant, number, log, server, workload)
            except (Missing, Failed) as error:
                troubles[key] = str(error)
                print(f"{contender.name} {sorted(variant)}: {error}", flush=True)
                continue
            results.setdefault(key, []).append(figures)
            print(f"{contender.name} {sorted(variant)}: {_line(figures, workload.events)}", flush=True)
        found = report.rows(taking_part, results, troubles, workload.events)
        document: dict[str, Any] = report.document(found, workload, log.broker)
    print(report.table(found))
    print(marks.table(marks.marks(found)))
    if not chosen.only and workload == Workload():
        report.write(document, found)
        report.put("marks", marks.table(marks.marks(found)))
    return int(bool(troubles))


def _line(figures: Figures, events: int) -> str:
    return (
        f"{events / figures.seconds:,.0f} events/s, {figures.cpu / events * 1e6:.2f} us CPU, "
        f"{figures.mebibytes:,.0f} MiB, broker {figures.broker_cpu / events * 1e6:.2f} us"
    )


if __name__ == "__main__":
    sys.exit(main())
