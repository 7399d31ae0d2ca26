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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from streams.tether import tethered

PAUSE_SECONDS = 0.02
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
    _process: subprocess.Popen[str] | None = None
    _let_go: bool = False

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._follow)
        thread.start()
        return thread

    def end(self) -> None:
        """Kill it, if it still runs."""
        if self._process and self.code is None:
            self._process.kill()

    def let_go(self) -> None:
        """It is done, and all others are: had it left the group before, they would be given its shards."""
        if self._process and self._process.stdin and not self._let_go:
            self._let_go = True
            with suppress(OSError):  # it has ended by itself
                self._process.stdin.write("\n")
                self._process.stdin.flush()

    def _follow(self) -> None:
        with self.log.open("ab") as errors:
            process = subprocess.Popen(
                tethered(*self.command),
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._process = process
        assert process.stdin
        assert process.stdout
        for line in process.stdout:
            word, *rest = line.split() or [""]
            if word in ("first", "done"):
                self.seen.setdefault(word, (time.monotonic(), cpu(process.pid), cpu(self.broker)))
                self.peak = peak(process.pid)
            if word == "assigned":
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
    try:
        _wait(processes, threads, folder / "gate", limit)
    finally:
        for process, thread in zip(processes, threads, strict=True):
            process.end()
            thread.join()
    for process in processes:
        if process.code or not {"first", "done"} <= set(process.seen):
            raise Failed(f"exit code {process.code}: {log.read_text(errors='replace')[-1500:]}")
    starts, ends = [p.seen["first"] for p in processes], [p.seen["done"] for p in processes]
    return Figures(
        max(end[0] for end in ends) - min(start[0] for start in starts),
        sum(end[1] - start[1] for start, end in zip(starts, ends, strict=True)),
        max(end[2] for end in ends) - min(start[2] for start in starts),
        sum(process.peak for process in processes),
    )


def _wait(
    processes: Sequence[Process], threads: Sequence[threading.Thread], gate: Path, limit: float
) -> None:
    """Until all have ended, or one has failed. Several workers begin when each has got its share."""
    deadline = time.monotonic() + limit
    while any(thread.is_alive() for thread in threads):
        if any(process.code for process in processes):
            return
        if time.monotonic() > deadline:
            raise Failed(f"not done after {limit:.0f} s")
        shares = [set(process.assigned) for process in processes]
        if not gate.exists() and (len(shares) == 1 or (all(shares) and not set.intersection(*shares))):
            gate.touch()
        if all("done" in process.seen for process in processes):
            for process in processes:
                process.let_go()
        time.sleep(PAUSE_SECONDS)


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
