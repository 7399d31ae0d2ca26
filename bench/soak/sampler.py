"""What a process holds, sampled from /proc: memory, threads, file descriptors; and what its /metrics tell."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

PERIOD_SECONDS = 2.0


class Sample(NamedTuple):
    """seconds: since the start. mebibytes: resident and anonymous, so without mapped files."""

    seconds: float
    mebibytes: float
    threads: int
    descriptors: int
    tasks: int
    lag: int


class Sampler:
    """Samples between `start` and `stop`. metric: asks the process for one of its metrics."""

    def __init__(self, pid: int, metric: Callable[[str], float]) -> None:
        self._folder, self._metric = Path(f"/proc/{pid}"), metric
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._begun = time.monotonic()
        self.samples: list[Sample] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(PERIOD_SECONDS):
            self.samples.append(self._sample())

    def _sample(self) -> Sample:
        pairs = (line.split(":") for line in (self._folder / "status").read_text().splitlines())
        status = {name: value.split() for name, value in pairs}
        return Sample(
            time.monotonic() - self._begun,
            int(status["RssAnon"][0]) / 1024,
            int(status["Threads"][0]),
            len(list((self._folder / "fd").iterdir())),
            int(self._metric("reform_pulse_tasks")),
            int(self._metric("reform_pulse_lag")),
        )


def slope(samples: list[Sample], name: str) -> float:
    """How much it rises a minute, by least squares."""
    times = np.array([sample.seconds for sample in samples]) / 60
    return float(np.polyfit(times, [getattr(sample, name) for sample in samples], 1)[0])
