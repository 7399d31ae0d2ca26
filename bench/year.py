"""`python -m bench.year`: a simulated year of a province, through the engine, held against the truth.

    python -m bench.year --folder DIR [--dossiers 2000000] [--days 365] [-- OPTIONS OF simulate]

Simulates with `simulate`, folds with `replay --store`, asks `kpis` for the whole run, by agency and
by month, and compares every row with what the simulator says it caused. Prints what each step took and the
size of things; exit 1 when a figure differs. See docs/simulated-year.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

PROGRAM = [sys.executable, "-m", "streams"]
Row = dict[str, Any]
Key = tuple[str, str | None, str, str]


class Step(NamedTuple):
    """What a command took: wall and processor seconds, and its peak memory in MiB."""

    name: str
    seconds: float
    processor: float
    mebibytes: float

    def __str__(self) -> str:
        return (
            f"{self.name:<10} {self.seconds:8.1f} s  {self.processor:8.1f} s cpu  {self.mebibytes:7,.0f} MiB"
        )


def run(name: str, *options: str, output: Path | None = None) -> Step:
    """Run a sub-command; raises SystemExit if it fails."""
    started = time.monotonic()
    with (output or Path(os.devnull)).open("wb") as stream:
        process = subprocess.Popen([*PROGRAM, name, *options], stdout=stream)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{name} failed: {os.waitstatus_to_exitcode(status)}")
    step = Step(name, time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    print(step, flush=True)
    return step


def compared(truth: list[Row], found: list[Row]) -> tuple[int, list[str]]:
    """How many figures of the truth are equal, and what differs."""
    ours, known = {_key(row): row for row in found}, {row["kpi"] for row in found}
    if strange := sorted({row["kpi"] for row in truth} - known):
        print("not in the catalogue:", ", ".join(strange))
    truth = [row for row in truth if row["kpi"] in known]
    wrong = []
    for row in truth:
        other = ours.get(_key(row))
        if other is None or any(row[part] != other[part] for part in ("numerator", "denominator")):
            wrong.append(f"{_key(row)}: {_figures(row)} caused, {_figures(other)} counted")
    return len(truth) - len(wrong), wrong


def _key(row: Row) -> Key:
    return row["kpi"], row["agency"], row["from"], row["to"]


def _figures(row: Row | None) -> str:
    return "nothing" if row is None else f"{row['numerator']}/{row['denominator']}"


def size(path: Path) -> float:
    """GiB on disk of a file, or of all in a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(file.stat().st_size for file in files) / 2**30


def asked(folder: Path, truth: list[Row]) -> list[Row]:
    """KPI rows of the store for every period of the truth; by agency where the truth is."""
    questions = sorted({(row["from"], row["to"], row["agency"] is not None) for row in truth})
    rows: list[Row] = []
    for start, end, by_agency in questions:
        answer, split = folder / "answer.json", ("--by", "agency") if by_agency else ()
        options = ("--store", str(folder / "store"), "--from", start, "--to", end, "--format", "json")
        run("kpis", *options, *split, output=answer)
        rows += json.loads(answer.read_text())
    return rows


def main() -> int:
    """Run all steps; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--folder", type=Path, required=True, help="where everything goes; 12 GB for the default"
    )
    parser.add_argument("--dossiers", type=int, default=2_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("options", nargs="*", help="further options of simulate, after --")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    events, store = chosen.folder / "events.ndjson", chosen.folder / "store"
    size_options = ("--dossiers", str(chosen.dossiers), "--days", str(chosen.days))
    simulated = run("simulate", *size_options, "--output", str(events), *chosen.options)
    lines = sum(block.count(b"\n") for block in iter_blocks(events))
    print(f"{lines:,} events, {size(events):.2f} GiB: {lines / simulated.seconds:,.0f} a second")
    folded = run("replay", str(events), "--store", str(store))
    print(f"folded {lines / folded.seconds:,.0f} a second; the store has {size(store):.2f} GiB")
    truth = json.loads(Path(f"{events}.truth.json").read_text())
    equal, wrong = compared(truth, asked(chosen.folder, truth))
    print(*wrong[:20], sep="\n")
    print(f"{equal:,} of {len(truth):,} figures are what was caused")
    return int(bool(wrong))


def iter_blocks(file: Path, block: int = 1 << 24) -> Any:
    """A file in blocks."""
    with file.open("rb") as stream:
        while part := stream.read(block):
            yield part


if __name__ == "__main__":
    sys.exit(main())
