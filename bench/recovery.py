"""`python -m bench.recovery`: loading a shard's states at assignment, and replaying the event table.

    python -m bench.recovery --folder DIR [--dossiers 1000000] [--events 10000000]

Two embedded stores under DIR. In the first a million dossiers (and a third as many payments) are written as
states; then a shard is recovered from it, with and without leaving idle states where they are. In the
second the events of simulated dossiers are written, then `rebuild` folds them all again.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from bench.copies import TOPIC, Copies, simulated
from schemas.catalogue import load
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.store import ClickHouseStore
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of
from streams.rebuilding import rebuild
from streams.recovery import recover

PIECE, DAYS, BATCH, LOOKED_UP = 50_000, 60, 20_000, 1_000
WITHIN_DAYS = 90
EVENTS_EACH = 7  # of a dossier, with its payments, and the documents and services of its year


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print the wall and CPU seconds of a step, and the peak memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = f"{time.process_time() - cpu:7.1f} s CPU, {time.perf_counter() - wall:7.1f} s"
    print(f"{what:<52} {spent}; peak {peak:,.0f} MiB", flush=True)


def load_states(folder: Path, dossiers: int) -> None:
    """Write states, then recover a shard from them."""
    store, domain = opened(folder / "states"), Domain(load())
    epoch = store.epoch(TOPIC, "bench", 1, domain.catalogue.fingerprint(TOPIC))
    if not store.progress(epoch):
        ledger, copies = Ledger(epoch, 0, domain), Copies(domain, simulated(folder, PIECE, DAYS), BATCH)
        for number in range(dossiers // PIECE):
            for batch in copies.copy(number):
                ledger.fold(batch, 0)
            store.write(checkpoint_of([ledger], []))
    for days in (0, WITHIN_DAYS):
        with measured(f"load a shard, evict_after_days = {days}"):
            ledger = recover(store, Domain(load()), epoch, {0: 0}, days)[0]
        print("  {:,} states in memory, {:,} evicted".format(*ledger.sizes))
    page = next(store.state_pages("dossier", epoch, [0]))[0]["subject"]
    late = page.sample(min(LOOKED_UP, len(page)), seed=1)
    with measured(f"look up {len(late):,} states"):
        assert len(store.look_up("dossier", late)) == len(late)
    store.close()


def replay_events(folder: Path, events: int) -> None:
    """Fill an event table with `replay`, then rebuild from it."""
    store = opened(folder / "events")
    if not store.event_count():
        file, target = folder / "events.ndjson", str(folder / "events")
        store.close()
        run("simulate", "--dossiers", str(events // EVENTS_EACH), "--output", str(file))
        run("replay", str(file), "--store", target)
        store = opened(folder / "events")
    with measured("rebuild"):
        folded = rebuild(store, Domain(load()), lambda _entity, _events: None)
    print(f"  {folded:,} events")
    store.close()


def opened(path: Path) -> ClickHouseStore:
    """An embedded store with the newest schema."""
    store = ClickHouseStore.at(path)
    migrate(store.client)
    return store


def run(*command: str) -> None:
    """Run one of our commands; raises when it fails."""
    subprocess.run([sys.executable, "-m", "streams", *command], check=True, capture_output=True)


def main() -> None:
    """Measure and print; each part in a process of its own, since a process may open one store only."""
    parser = argparse.ArgumentParser(prog="python -m bench.recovery", description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where events and stores go")
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for part, size in ((load_states, chosen.dossiers), (replay_events, chosen.events)):
        if size:
            process = get_context("spawn").Process(target=part, args=(chosen.folder, size))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
