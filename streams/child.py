"""A child process that cannot outlive us, and the thread that waits for it."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from streams.tether import tethered


class Child:
    """Runs one program; `ended(exit_code)` is called from the waiting thread, however it ends.

    The same thread starts the program and waits for it, because the tether breaks when the thread that
    started it ends.
    """

    def __init__(
        self, program: str, arguments: Sequence[str], env: Mapping[str, str], ended: Callable[[int], None]
    ) -> None:
        self._command = tethered(program, *arguments)
        self._env = env
        self._ended = ended
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
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

    def stop(self, patience: float) -> None:
        """Ask it to end, kill it after so many seconds, and wait for the end. May be called twice."""
        for end in (subprocess.Popen.terminate, subprocess.Popen.kill):
            if self._process is not None and self._thread.is_alive():
                with suppress(ProcessLookupError):
                    end(self._process)
                self._thread.join(patience)

    def last_words(self) -> str:
        """Return the end of what it wrote to stdout and stderr."""
        self._output.seek(0)
        return self._output.read()[-500:].decode(errors="replace").strip()

    def _run(self) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                env=dict(self._env),
            )
        finally:
            self._started.set()
        self._ended(self._process.wait())
