"""Disks that can be full: a small file system, or a limit on the size of files where none may be mounted."""

import resource
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

SIZE = 32 << 20
LITTLE = 4096


class Disk(Protocol):
    """A folder in which writing fails between `fill` and `clear`, for the process that is named."""

    place: Path

    def fill(self, pid: int) -> None: ...

    def clear(self, pid: int) -> None: ...

    def close(self) -> None: ...


class Mounted:
    """A file system in memory, filled by a file; only root may mount one, and not everywhere."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    def mount(self) -> Self:
        """Raises CalledProcessError where that is not allowed."""
        self.place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(self.place)]
        subprocess.run(command, check=True, capture_output=True)
        return self

    def fill(self, pid: int) -> None:
        del pid
        with suppress(OSError):
            self._ballast.write_bytes(bytes(SIZE))

    def clear(self, pid: int) -> None:
        del pid
        self._ballast.unlink()

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.place)], check=True)


class Limited:
    """The process may write small files only: EFBIG in place of ENOSPC."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def fill(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LITTLE, hard))

    def clear(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    def close(self) -> None:
        """Nothing is left."""


def small_disk(place: Path) -> Disk:
    """The best that there is here."""
    try:
        return Mounted(place).mount()
    except (subprocess.CalledProcessError, FileNotFoundError):
        return Limited(place)
