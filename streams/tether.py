"""Ties a child process to its parent: the kernel kills the child when the parent dies, also by kill -9.

Run as a script between the parent and the program it starts. `PR_SET_PDEATHSIG` belongs to the process and
survives the exec, so nothing stays behind in between; a `preexec_fn` would do the same, but is unsafe once
the parent has threads. The signal comes when the *thread* that started the child ends: start it from a
thread that waits for it (`streams.broker` does). Elsewhere than on Linux the program starts untied.
"""

import os
import sys

_PR_SET_PDEATHSIG = 1
_SIGKILL = 9


def tethered(program: str, *arguments: str) -> list[str]:
    """Return the command line that runs the program tied to the calling process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), program, *arguments]


def _tie(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked for the signal
        sys.exit(1)


def _main(parent: str, program: str, *arguments: str) -> None:
    if sys.platform == "linux":
        _tie(int(parent))
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    _main(*sys.argv[1:])
