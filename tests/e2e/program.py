"""The program as its users run it: `python -m streams ...` in processes of their own, real signals.

Settings come from the environment, as in production; the working directory is the test's own, so that no
settings file of the machine is found.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from streams.settings import PREFIX
from streams.tether import tethered

PATIENCE = 180.0  # long, so that a busy machine is no failure
COMMAND = (sys.executable, "-m", "streams")
SEVERAL = (sys.executable, "-m", "tests.e2e.commands")

# Small sessions let a group form within seconds, small checkpoints make many of them. A flush at the end may
# take its time: whether it is done, not how fast, is what tests ask.
QUICK: dict[str, object] = {
    "session_timeout": 2.0,
    "heartbeat_interval": 0.5,
    "checkpoint_seconds": 0.2,
    "retry_seconds": 0.3,
    "shutdown_seconds": 30.0,
}


class Running:
    """A process that goes on until it is told to stop. What it wrote is in `output`, after the end too."""

    def __init__(self, command: Sequence[str], directory: Path, env: dict[str, str], number: int) -> None:
        self._file = directory / f"output-{number}.txt"
        with self._file.open("wb") as output:
            self.process = subprocess.Popen(
                tethered(*command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=directory,
                env=env,
            )

    @property
    def output(self) -> str:
        """What it wrote so far, to stdout and stderr."""
        return self._file.read_text(encoding="utf-8", errors="replace")  # it may end within a letter

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; fails when the process ends before."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, f"waited in vain: {self.output}"
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal; returns the exit code (negative: ended by a signal)."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end; returns the exit code."""
        return self.process.wait(PATIENCE)


class Program:
    """Runs commands; `close` kills what is left of them."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self._directory = directory
        mine = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._env = mine | _named(QUICK | settings)
        self._started: list[Running] = []

    def run(self, *words: object, stdin: bytes = b"", code: int = 0) -> str:
        """Run a command that ends by itself, with this exit code; returns what it wrote to stdout."""
        return self.tell(*words, stdin=stdin, code=code)[0]

    def tell(self, *words: object, stdin: bytes = b"", code: int = 0) -> tuple[str, str]:
        """The same; returns stdout and stderr."""
        return self._tell([*COMMAND, *map(str, words)], stdin, code)

    def run_all(self, *commands: Sequence[object]) -> list[str]:
        """Run several commands in one process, each with exit code 0; returns what they wrote to stdout."""
        answers = self.try_all(*commands)
        for command, (code, out, errors) in zip(commands, answers, strict=True):
            assert code == 0, f"{command}: exit code {code}\n{out}\n{errors}"
        return [out for _, out, _ in answers]

    def try_all(self, *commands: Sequence[object]) -> list[tuple[int, str, str]]:
        """Run several commands in one process; returns the exit code, stdout and stderr of each."""
        words = [list(map(str, command)) for command in commands]
        answers = json.loads(self._tell(list(SEVERAL), json.dumps(words).encode(), 0)[0])
        return [(code, out, errors) for code, out, errors in answers]

    def _tell(self, command: list[str], stdin: bytes, code: int) -> tuple[str, str]:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            cwd=self._directory,
            env=self._env,
            timeout=PATIENCE,
            check=False,
        )
        out, errors = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, f"{command}: exit code {done.returncode}\n{out}\n{errors}"
        return out, errors

    def start(self, *words: object, program: Sequence[object] = COMMAND, **settings: object) -> Running:
        """Start a command that goes on; `program`: another program that has our commands."""
        env = self._env | _named(settings)
        command = list(map(str, (*program, *words)))
        self._started.append(Running(command, self._directory, env, len(self._started)))
        return self._started[-1]

    def close(self) -> None:
        """Kill what still runs."""
        for running in self._started:
            running.stop(signal.SIGKILL)


def _named(settings: dict[str, object]) -> dict[str, str]:
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
