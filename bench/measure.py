"""Runs a contender's processes and measures them from outside: processor time, memory, time.

From its "first" to its "done", so that starting up does not count. The figures are the kernel's (/proc): all
threads, user and system, in steps of 10 ms; memory is the peak since the process began.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streams.tether import tethered

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Process:
    """One process of a contender, followed from a thread of its own."""

    command: Sequence[str]
    environment: Mapping[str, str]
    broker: int
    log: Path
    seen: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """By what it said: when, its processor seconds and the broker's."""
    assigned: list[str] = field(default_factory=list)
    peak: float = 0.0
    code: int | None = None

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._follow)
        thread.start()
        return thread

    def _follow(self) -> None:
        with self.log.open("ab") as errors:
            process = subprocess.Popen(
                tethered(*self.command),
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.pid = process.pid
        assert process.stdout
        for line in process.stdout:
            word, *rest = line.split() or [""]
            if word in ("first", "done"):
                self.seen.setdefault(word, (time.monotonic(), cpu(process.pid), cpu(self.broker)))
                self.peak = peak(process.pid)
            elif word == "assigned":
                self.assigned = rest
        self.code = process.wait()


@dataclass(frozen=True)
class Figures:
    """One run. seconds: wall. cpu, broker_cpu: processor seconds. mebibytes: peak, of all processes."""

    seconds: float
    cpu: float
    broker_cpu: float
    mebibytes: float


class Failed(Exception):  # noqa: N818 - a result, too
    """A contender did not come to its end; the message is its last words."""


def measure(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str], broker: int, folder: Path, limit: float
) -> Figures:
    """Run until all processes have ended; raises Failed."""
    log = folder / "log"
    processes = [Process(command, environment, broker, log) for command in commands]
    threads = [process.start() for process in processes]
    _open_gate(processes, folder / "gate", limit)
    deadline = time.monotonic() + limit
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    for process, thread in zip(processes, threads, strict=True):
        if thread.is_alive():
            os.kill(process.pid, 9)
            thread.join()
            raise Failed(f"not done after {limit:.0f} s")
        if process.code or not {"first", "done"} <= set(process.seen):
            raise Failed(f"exit code {process.code}: {log.read_text(errors='replace')[-1500:]}")
    starts, ends = [p.seen["first"] for p in processes], [p.seen["done"] for p in processes]
    return Figures(
        max(end[0] for end in ends) - min(start[0] for start in starts),
        sum(end[1] - start[1] for start, end in zip(starts, ends, strict=True)),
        max(end[2] for end in ends) - min(start[2] for start in starts),
        sum(process.peak for process in processes),
    )


def _open_gate(processes: Sequence[Process], gate: Path, limit: float) -> None:
    """Let several workers begin when each has got its share."""
    deadline = time.monotonic() + limit
    while len(processes) > 1 and time.monotonic() < deadline:
        shares = [set(process.assigned) for process in processes]
        if all(shares) and not set.intersection(*shares):
            break
        if any(process.code is not None for process in processes):
            break
        time.sleep(0.05)
    gate.touch()


def cpu(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak(pid: int) -> float:
    """Peak resident memory of a process, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def new_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="reform-pulse-bench-")
