"""`python -m bench.memory`: bytes per dossier, and what an event costs with 1, 3 and 10 million of them.

    python -m bench.memory --folder DIR [--millions 1,3,10] [--batch 20000] [--evict-after-days N]

One shard takes all events of simulated dossiers (5.6 a dossier, payments included) up to the first size; to
the greater sizes it grows by what is received and submitted alone, to save time. At each size the whole of
some further dossiers is folded, derived and taken for a checkpoint, in CPU time. No store: `bench.recovery`.
"""

import argparse
import gc
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.copies import TOPIC, Copies, simulated
from schemas.catalogue import load
from streams.checkpoint import Epoch
from streams.domain import Domain
from streams.ledger import Ledger

PIECE, DAYS = 50_000, 60
CHECKPOINT_EVENTS = 100_000
TIMED = 2


def resident() -> int:
    """Bytes of memory that this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Shard:
    """A shard that grows."""

    def __init__(self, evict_after_days: int) -> None:
        self.domain = Domain(load())
        self.ledger = Ledger(Epoch(TOPIC, 1, "bench", 1, ""), 0, self.domain)
        self._evict_after_days = evict_after_days
        self.seconds = {"fold and derive": 0.0, "take for a checkpoint": 0.0, "evict": 0.0}

    def fold(self, copies: Copies, number: int) -> None:
        """Fold a copy, with a checkpoint's takings in between."""
        events = 0
        for batch in copies.copy(number):
            events += sum(len(facts.times) for facts in batch.values())
            self._timed("fold and derive", partial(self.ledger.fold, batch, 0))
            if events >= CHECKPOINT_EVENTS:
                events = 0
                self._checkpoint()
        self._checkpoint()

    def _checkpoint(self) -> None:
        self._timed("take for a checkpoint", lambda: (self.ledger.take_states(), self.ledger.take_counts()))
        self._timed("evict", lambda: self.ledger.evict(self._evict_after_days))

    def _timed(self, what: str, work: Callable[[], Any]) -> None:
        begun = time.process_time()
        work()
        self.seconds[what] += time.process_time() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the simulated events go")
    parser.add_argument("--millions", default="1,3,10")
    parser.add_argument("--batch", type=int, default=20_000)
    parser.add_argument("--evict-after-days", type=int, default=0)
    chosen = parser.parse_args()
    shard = Shard(chosen.evict_after_days)
    records = simulated(chosen.folder, PIECE, DAYS)
    whole = Copies(shard.domain, records, chosen.batch)
    first = [record for record in records if b".received.v1" in record or b".submitted.v1" in record]
    fresh = Copies(shard.domain, first, chosen.batch)
    del records, first
    number, before = 0, resident()
    for millions in map(float, chosen.millions.split(",")):
        filling = whole if number == 0 else fresh
        while number * PIECE < millions * 1e6 - TIMED * PIECE:
            shard.fold(filling, number)
            number += 1
        shard.seconds = dict.fromkeys(shard.seconds, 0.0)
        for _ in range(TIMED):
            shard.fold(whole, number)
            number += 1
        held, evicted = shard.ledger.sizes
        bytes_each = (resident() - before) / number / PIECE
        print(f"{number * PIECE:,} dossiers: {held:,} states in memory, {evicted:,} evicted;", end=" ")
        print(f"{bytes_each:.0f} bytes per dossier;", end=" ")
        costs = (f"{name} {s / TIMED / whole.events * 1e6:.2f}" for name, s in shard.seconds.items())
        print("CPU us per event:", ", ".join(costs), flush=True)


if __name__ == "__main__":
    main()
