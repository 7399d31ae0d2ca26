"""A processor that records what it was given, flushed and committed. Also a worker program.

The file is its sink: one JSON line per call, written through before anything is committed.
Run as a program it is a worker: `python -m tests.transport.recorder FILE KAFKA GROUP [option=value ...]`.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streams.errand import Errand
from streams.settings import Settings
from streams.shard import Batch, Commit, Fatal, Shard
from streams.worker import run_worker


def topics(group: str) -> tuple[str, str]:
    """The two topics of a test: each test has a group of its own."""
    return f"{group}.dossiers", f"{group}.documents"


def settings(kafka: str, group: str, **more: Any) -> Settings:
    """Settings that suit the embedded broker; small fetches make many batches."""
    defaults = {
        "kafka": kafka,
        "group": group,
        "session_timeout": 2.0,  # joining takes at least half of it
        "heartbeat_interval": 0.5,
        "checkpoint_seconds": 0.1,
        "fetch_max_bytes": 20_000,
        "dead_letter_topic": f"{group}.dead-letters",
    }
    return Settings(**{**defaults, **more})


class Recorder:
    """Keeps batches in memory; a flush writes each to the file, then commits it.

    kill_at: ends the process with SIGKILL after so many batches, between sink and commit.
    fatal_at, bug_at: raises Fatal, or a plain error, at the batch that goes beyond so many events.
    silent: flushes but never commits.
    """

    def __init__(
        self, path: Path, *, kill_at: int = 0, fatal_at: int = 0, bug_at: int = 0, silent: bool = False
    ) -> None:
        self._path = path
        self._waiting: list[Batch] = []
        self._kill_at, self._fatal_at, self._bug_at, self._silent = kill_at, fatal_at, bug_at, silent
        self._flushes = 0
        self._lock = asyncio.Lock()
        self.events = 0
        self.errand = Errand()

    def write(self, what: str, **fields: Any) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"what": what, **fields}) + "\n")

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        self.write("assign", committed=[[*shard, offset] for shard, offset in committed.items()])

    async def process(self, batch: Batch, commit: Commit) -> None:
        del commit
        if self._fatal_at and self.events + len(batch.values) > self._fatal_at:
            raise Fatal("the recorder was told to stop")
        if self._bug_at and self.events + len(batch.values) > self._bug_at:
            raise ZeroDivisionError
        self._waiting.append(batch)
        self.events += len(batch.values)
        self.write("process", shard=batch.shard, count=len(batch.values))

    async def flush(self, commit: Commit) -> None:
        async with self._lock:
            while self._waiting:
                batch = self._waiting.pop(0)
                self._flush(batch)
                if not self._silent:
                    await commit({batch.shard: batch.next_offset})
                    self.write("commit", shard=batch.shard, next=batch.next_offset)

    def _flush(self, batch: Batch) -> None:
        values = [value.decode().rstrip() for value in batch.values if value is not None]
        self.write("flush", shard=batch.shard, offsets=batch.offsets, values=values, next=batch.next_offset)
        self._flushes += 1
        if self._flushes == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def revoke(self) -> None:
        self._waiting.clear()
        self.write("revoke")


def main(path: str, kafka: str, group: str, *options: str) -> int:
    """Run a worker; options are settings, or those of the Recorder, all numbers."""
    more = {name: float(value) for name, _, value in (option.partition("=") for option in options)}
    mine = {name: int(more.pop(name)) for name in list(more) if name not in Settings.model_fields}
    recorder = Recorder(Path(path), **mine)  # type: ignore[arg-type]
    return run_worker(settings(kafka, group, **more), recorder, topics(group))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
