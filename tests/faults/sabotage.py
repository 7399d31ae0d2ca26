"""The program, with a fault of its own making: it ends, or hangs, at a step of the cycle.

    python -m tests.faults.sabotage DEED STEP FOLDED JOURNAL command ...

At the first STEP after the process has folded so many records, the DEED is done. The JOURNAL, one JSON line
each, tells how far every checkpoint reached that was begun. The product has no hooks for this: its
functions are replaced from here, and a step that never comes fails the test that waits for it.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sinks.clickhouse import writer
from sinks.clickhouse.store import ClickHouseStore
from sinks.dead_letters import DeadLetterTopic
from streams import owner
from streams.checkpoint import Checkpoint
from streams.cli.main import app
from streams.ledger import Ledger

CODE = 70
STEPS = ("folded", "events", "states", "counts", "written", "letters", "committing", "committed")
"""After the fold; after the events, states, counts, all of the checkpoint, dead letters; before and
after the commit."""
DEEDS: dict[str, Callable[[], None]] = {
    "exit": lambda: os._exit(CODE),
    "hang": lambda: time.sleep(3600),
    "none": lambda: None,
}


def program(deed: str, step: str, folded: int, journal: Path) -> list[object]:
    """The command line, without the words of the command."""
    return [sys.executable, "-m", "tests.faults.sabotage", deed, step, folded, journal]


class Saboteur:
    """Counts what is folded, and does its deed."""

    def __init__(self, deed: str, step: str, least: int, journal: Path) -> None:
        assert step in STEPS
        self._deed, self._step, self._least, self._journal = DEEDS[deed], step, least, journal
        self._folded = 0

    def passing(self, step: str) -> None:
        if step == self._step and self._folded >= self._least:
            self._deed()

    def infiltrate(self) -> None:
        fold, insert = Ledger.fold, writer.insert
        write, letters, commit = ClickHouseStore.write, DeadLetterTopic.write, owner._Commit.__call__

        @wraps(fold)
        def sabotaged_fold(ledger: Ledger, facts: Any, next_offset: int) -> Any:
            before = ledger.next_offset
            result = fold(ledger, facts, next_offset)
            self._folded += next_offset - before
            self.passing("folded")
            return result

        @wraps(insert)
        def sabotaged_insert(client: Any, table: str, *rest: Any) -> None:
            if self._folded and table in ("counts_hourly", "progress"):
                self.passing({"counts_hourly": "states", "progress": "counts"}[table])
            insert(client, table, *rest)
            if self._folded and table == "events":
                self.passing("events")

        @wraps(write)
        def sabotaged_write(store: ClickHouseStore, checkpoint: Checkpoint) -> None:
            self._note(checkpoint)
            write(store, checkpoint)
            if self._folded:
                self.passing("written")

        @wraps(letters)
        def sabotaged_letters(topic: DeadLetterTopic, found: Any) -> None:
            letters(topic, found)
            self.passing("letters")

        @wraps(commit)
        async def sabotaged_commit(this: Any, durable: Any) -> None:
            self.passing("committing")
            await commit(this, durable)
            self.passing("committed")

        Ledger.fold = sabotaged_fold  # type: ignore[method-assign]
        writer.insert = sabotaged_insert
        ClickHouseStore.write = sabotaged_write  # type: ignore[method-assign]
        DeadLetterTopic.write = sabotaged_letters  # type: ignore[method-assign]
        owner._Commit.__call__ = sabotaged_commit  # type: ignore[method-assign]

    def _note(self, checkpoint: Checkpoint) -> None:
        reached = [(p.epoch.topic, p.partition, p.next_offset) for p in checkpoint.progress]
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(reached) + "\n")


if __name__ == "__main__":
    deed, step, folded, journal = sys.argv[1:5]
    Saboteur(deed, step, int(folded), Path(journal)).infiltrate()
    app(sys.argv[5:], prog_name="reform-pulse")
