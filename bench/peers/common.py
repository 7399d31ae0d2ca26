"""What every Python peer shares: the signals to the harness, and the way the counts go.

A contender says "first" when it has its first event and "done" when all are counted (and, where it
writes, written); the harness reads its processor time from /proc at both. Then it hands its counts over.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from bench.options import Options
from bench.peers.job import MEASURES, Counts

WRITE_SECONDS = 1.0
"""Between two writes of changed counts, as in our worker."""


class Finish:
    """Tells the harness of the first and the last event, and writes changed counts every second."""

    def __init__(self, options: Options, counts: Counts) -> None:
        self.options, self.counts, self.taken = options, counts, 0
        self._sink = Sink(options.folder / "store") if options.writes else None
        self._written = time.monotonic()

    def take(self, events: int = 1) -> bool:
        """So many more events were processed; whether these were the last."""
        if not self.taken:
            print("first", flush=True)
        self.taken += events
        return self.taken >= self.options.events

    def write(self, *, at_once: bool = False) -> None:
        """Write the counts that changed; unless `at_once`, only if a second has passed."""
        if self._sink and (at_once or time.monotonic() - self._written >= WRITE_SECONDS):
            self._sink.write(self.counts, self.taken)
            self._written = time.monotonic()

    def end(self) -> None:
        """All is processed and kept: write the rest, tell it, hand the counts over, and leave at once."""
        self.write(at_once=True)
        print("done", flush=True)
        rows = self._sink.rows() if self._sink else self.counts.rows()
        (self.options.folder / "counts.json").write_text(json.dumps(rows))
        os._exit(0)


class Sink:
    """Counts in ClickHouse: absolute values, the last version wins. The embedded engine, as in our worker."""

    def __init__(self, folder: Path) -> None:
        import clickhouse_connect

        self._client = clickhouse_connect.get_client(
            interface="chdb", path=str(folder), settings={"async_insert": 0, "optimize_on_insert": 0}
        )
        measures = ", ".join(f"{name} Int64" for name in MEASURES)
        self._client.command(
            f"CREATE TABLE counts (agency String, day Int32, {measures}, version UInt64) "
            "ENGINE = ReplacingMergeTree(version) ORDER BY (agency, day) SETTINGS fsync_after_insert = 1"
        )

    def write(self, counts: Counts, version: int) -> None:
        rows = [[agency, day, *counted, version] for agency, day, counted in counts.take_changed()]
        if rows:
            self._client.insert("counts", rows, ["agency", "day", *MEASURES, "version"])

    def rows(self) -> list[list[Any]]:
        columns = ", ".join(MEASURES)
        found = self._client.query(
            f"SELECT agency, day, {columns} FROM counts FINAL "
            f"WHERE ({columns}) != (0, 0, 0, 0, 0, 0) ORDER BY agency, day"
        )
        return [list(row) for row in found.result_rows]
