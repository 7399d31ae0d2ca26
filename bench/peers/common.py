"""What every Python peer shares: the signals to the harness, and the way the counts go.

A contender says "first" when it has its first event and "done" when all are counted (and, where it
writes, written); the harness reads its processor time from /proc at both. Then it hands its counts over.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from bench.options import Options, done
from bench.peers.job import Counts
from bench.peers.table import COLUMNS, CREATE, NEWEST

WRITE_SECONDS = 1.0
"""Between two writes of changed counts, as in our worker."""


class Finish:
    """Tells the harness of the first and the last event, and writes changed counts every second."""

    def __init__(self, options: Options, counts: Counts) -> None:
        self.options, self.counts, self.taken = options, counts, 0
        self.sink = Sink(options.folder / "store") if options.writes else None
        self._written = time.monotonic()
        self._begun = False

    def begin(self) -> None:
        """The first event is there; may be said again."""
        if not self._begun:
            self._begun = True
            print("first", flush=True)

    def take(self, events: int = 1) -> bool:
        """So many more events were processed; whether these were the last."""
        if not self._begun:
            self.begin()
        self.taken += events
        return self.taken >= self.options.events

    def due(self) -> bool:
        """Whether a second has passed since the last write."""
        return time.monotonic() - self._written >= WRITE_SECONDS

    def write(self, *, at_once: bool = False) -> None:
        """Write the counts that changed; unless `at_once`, only when it is due."""
        if self.sink and (at_once or self.due()):
            self.sink.write(self.counts, self.taken)
            self._written = time.monotonic()

    def end(self) -> None:
        """All is processed and kept: write the rest, tell it, hand the counts over, and leave at once."""
        self.write(at_once=True)
        done()
        rows = self.sink.rows() if self.sink else self.counts.rows()
        (self.options.folder / "counts.json").write_text(json.dumps(rows))
        os._exit(0)


class Sink:
    """Counts in ClickHouse: absolute values, the last version wins. The embedded engine, as in our worker."""

    def __init__(self, folder: Path) -> None:
        import clickhouse_connect

        settings = {"async_insert": 0, "optimize_on_insert": 0}
        self.client = clickhouse_connect.get_client(interface="chdb", path=str(folder), settings=settings)
        self.client.command(CREATE)
        # The first insert of a process costs a second of its own; a cell that counts nothing is no result.
        self.client.insert("counts", [["", 0, *[0] * 6, 0]], COLUMNS)

    def write(self, counts: Counts, version: int) -> None:
        rows = [[agency, day, *counted, version] for agency, day, counted in counts.take_changed()]
        if rows:
            self.client.insert("counts", rows, COLUMNS)

    def rows(self) -> list[list[Any]]:
        return [list(row) for row in self.client.query(NEWEST).result_rows]
