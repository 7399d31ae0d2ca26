"""A processor that records: what it was given, what it flushed, what it committed. Also a worker program.

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

from streams.settings import Settings
from streams.shard import Batch, Commit, Fatal, Shard
from streams.worker import run_worker

TOPICS = ("test.dossiers", "test.documents")


def settings(kafka: str, group: str, **more: Any) -> Settings:
    """Settings that suit the embedded broker."""
    return Settings(
        **{
            "kafka": kafka,
            "group": group,
            "session_timeout": 3.0,
            "heartbeat_interval": 1.0,
            "checkpoint_seconds": 0.1,
            "dead_letter_topic": "test.dead-letters",
            **more,
        }
    )


class Recorder:
    """Keeps batches in memory, flushes them to the file on a timer, commits after that.

    kill_at: ends the process with SIGKILL after so many flushes, between sink and commit.
    fatal_at: raises Fatal at the batch that would go beyond so many events.
    silent: flushes but never commits.
    """

    def __init__(self, path: Path, *, kill_at: int = 0, fatal_at: int = 0, silent: bool = False) -> None:
        self._file = path.open("a")
        self._waiting: list[Batch] = []
        self._kill_at, self._fatal_at, self._silent = kill_at, fatal_at, silent
        self._flushes = self._events = 0
        self._lock = asyncio.Lock()

    def write(self, what: str, **fields: Any) -> None:
        self._file.write(json.dumps({"what": what, "pid": os.getpid(), **fields}) + "\n")
        self._file.flush()

    async def assign(self, committed: Mapping[Shard, int | None]) -> None:
        self.write("assign", committed=[[*shard, offset] for shard, offset in committed.items()])

    async def process(self, batch: Batch, commit: Commit) -> None:
        self._events += len(batch.values)
        if self._fatal_at and self._events > self._fatal_at:
            raise Fatal("the recorder was told to stop")
        self._waiting.append(batch)

    async def flush(self, commit: Commit) -> None:
        async with self._lock:
            batches, self._waiting = self._waiting, []
            for batch in batches:
                self._flush(batch)
            if batches and not self._silent:
                ends = {batch.shard: batch.next_offset for batch in batches}
                await commit(ends)
                self.write("commit", ends=[[*shard, offset] for shard, offset in ends.items()])

    def _flush(self, batch: Batch) -> None:
        values = [value.decode() for value in batch.values if value is not None]
        self.write("flush", shard=batch.shard, offsets=batch.offsets, values=values, next=batch.next_offset)
        self._flushes += 1
        if self._flushes == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def revoke(self) -> None:
        self._waiting.clear()
        self.write("revoke")


def main(path: str, kafka: str, group: str, *options: str) -> int:
    """Run a worker; options are those of the Recorder, as numbers."""
    more = {name: int(value) for name, _, value in (option.partition("=") for option in options)}
    recorder = Recorder(Path(path), **more)  # type: ignore[arg-type]
    return run_worker(settings(kafka, group, fetch_max_bytes=20_000), recorder, TOPICS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
