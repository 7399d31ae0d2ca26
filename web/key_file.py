"""The file of API keys: written whole or not at all, one writer at a time, read again when it changes."""

import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from web.keys import KeyBook, KeysError

log = logging.getLogger(__name__)

NOT_FOR_ALL = 0o640


def read(path: Path) -> KeyBook:
    """The keys in a file; raises KeysError for what is no file of keys, OSError."""
    try:
        return KeyBook.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise KeysError(f"{path} is no file of keys: {place}: {first['msg']}") from None


def write(path: Path, book: KeyBook) -> None:
    """Put the keys into the file; raises OSError.

    A new one is readable by its owner only; one that is there keeps its owner and group, who may be the
    service's while root changes the keys: the service has to go on reading it.
    """
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        try:
            file.write(book.model_dump_json(indent=2) + "\n")
            file.flush()
            _as_before(file.fileno(), path)
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


def _as_before(file: int, path: Path) -> None:
    with suppress(FileNotFoundError):
        before = path.stat()
        os.fchmod(file, before.st_mode & NOT_FOR_ALL)
        with suppress(PermissionError):  # only root may give files away
            os.fchown(file, before.st_uid, before.st_gid)


@contextmanager
def alone(path: Path) -> Iterator[KeyBook]:
    """Give the keys to change while nobody else changes them; an absent file has none. Raises as `read`."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read(path) if path.exists() else KeyBook()


class KeyFile:
    """The keys as they are now. A change that cannot be read is logged, and the keys before it stay."""

    def __init__(self, path: Path) -> None:
        """Raises KeysError, OSError."""
        self._path = path
        self._seen = self._stamp()
        self._book = read(path)

    def book(self) -> KeyBook:
        """The keys, read again if the file has changed."""
        stamp = self._seen
        with suppress(OSError):
            stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._book = read(self._path)
            except (KeysError, OSError) as error:
                log.error("the keys in use stay as they were: %s", error)
        return self._book

    def _stamp(self) -> tuple[int, int, int]:
        status = self._path.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size
