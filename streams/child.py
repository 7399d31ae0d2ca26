"""A child process that cannot outlive us, and the thread that waits for it."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO

from streams.tether import tethered


class Child:
    """Runs one program; `ended(exit_code)` is called from the waiting thread, however it ends.

    last_words: the end of what it wrote to stdout and stderr, once it has ended.

    The same thread starts the program and waits for it, because the tether breaks when the thread that
    started it ends.
    """

    def __init__(
        self, program: str, arguments: Sequence[str], env: Mapping[str, str], ended: Callable[[int], None]
    ) -> None:
        self._command = tethered(program, *arguments)
        self._env = env
        self.last_words = ""
        self._ended = ended
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name=os.path.basename(program), daemon=True)  # noqa: PTH119

    def start(self) -> None:
        """Start the program; returns when it has a process id (or could not be started)."""
        self._thread.start()
        self._started.wait()

    @property
    def pid(self) -> int | None:
        """Its process id, None if it could not be started."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill it and wait for the end. May be called twice, or when it has ended."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
        self._thread.join()

    def _run(self) -> None:
        with tempfile.TemporaryFile() as output:
            code = self._run_into(output)
            output.seek(0)
            self.last_words = output.read()[-500:].decode(errors="replace").strip()
        self._ended(code)

    def _run_into(self, output: IO[bytes]) -> int:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self._env),
                start_new_session=True,  # Ctrl-C in a terminal is for us; we end it when we are done with it
            )
        finally:
            self._started.set()
        return self._process.wait()
