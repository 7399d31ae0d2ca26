"""Replaying files into a store without Kafka: read, fold, write, with the same code as the worker's.

All topics are one shard each here, of a log called "replay"; record numbers go on from one replay to the
next, so that counts written later win.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from schemas.contract import TOPICS
from schemas.instant import to_datetime
from streams.checkpoint import Store
from streams.clock import system_clock
from streams.dead_letter import DeadLetter
from streams.domain import Domain
from streams.ledger import Ledger
from streams.pending import checkpoint_of
from streams.recovery import recover
from streams.replay import Replay
from streams.shard import Shard

IDENTITY = "replay"
CHUNK = 50_000
NOTHING: frozenset[bytes] = frozenset({b"", b"\n", b"\r\n"})


class Line(NamedTuple):
    """A record with where it stands: the file's name and the line, from 1."""

    file: str
    number: int
    record: bytes


def lines(file: Path) -> Iterator[Line]:
    """The lines of an NDJSON file that are not empty. Raises OSError."""
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line not in NOTHING:
                yield Line(str(file), number, line.rstrip(b"\r\n"))


def open_ledgers(store: Store, domain: Domain) -> dict[str, Ledger]:
    """One ledger per topic, with what the store holds already. Blocks; raises StoreError."""
    ledgers = {}
    for topic in TOPICS:
        epoch = store.epoch(topic, IDENTITY, 1, domain.catalogue.fingerprint(topic))
        offset = store.progress(epoch).get(Shard(topic, 0), 0)
        ledgers[topic] = recover(store, domain, epoch, {0: offset})[0]
    return ledgers


def replay(
    records: Iterable[Line],
    store: Store,
    domain: Domain,
    refused: Callable[[DeadLetter], None],
    progress: Callable[[list[Line]], None],
) -> int:
    """Fold records into the store, a checkpoint per chunk; returns how many were folded.

    `refused` is told of each refused record; its dead letter names the file as topic, the line as offset.
    `progress` is told of each chunk when it is durable. Blocks; raises StoreError, then run it again: what
    was written already changes nothing the second time.
    """
    ledgers = open_ledgers(store, domain)
    folding = Replay(domain, ledgers)
    folding.offset = max(ledger.next_offset for ledger in ledgers.values())
    records, folded = iter(records), 0
    while chunk := list(islice(records, CHUNK)):
        start, now = folding.offset, to_datetime(system_clock())
        events, bad = folding.fold([line.record for line in chunk])
        store.write(checkpoint_of(list(ledgers.values()), [events]))
        for item in bad:
            line = chunk[item.position - start]
            refused(DeadLetter.of(Shard(line.file, 0), line.number, item.source, item.refusal, now))
        folded += events.height
        progress(chunk)
    return folded
