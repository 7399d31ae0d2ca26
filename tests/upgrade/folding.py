"""Folds lines as the workers of a log with two partitions do: recover the shard, fold, write a checkpoint."""

import json
from collections.abc import Iterable

import polars as pl

from schemas.catalogue import Catalogue
from schemas.contract import ENTITIES, TOPICS
from sinks.clickhouse.store import ClickHouseStore
from streams.domain import Domain
from streams.pending import checkpoint_of
from streams.recovery import recover
from streams.replay import Replay
from streams.shard import Shard
from tests.simulation.partitioner import partition_of

IDENTITY = "11111111-1111-4111-8111-111111111111"
PARTITIONS = 2


def fold(store: ClickHouseStore, catalogue: Catalogue, lines: Iterable[str]) -> None:
    """Go on from what the store holds; nothing may be refused."""
    domain, records = Domain(catalogue), list(lines)
    for partition in range(PARTITIONS):
        ledgers = {}
        for topic in TOPICS:
            epoch = store.epoch(topic, IDENTITY, PARTITIONS, catalogue.fingerprint(topic))
            reached = store.progress(epoch).get(Shard(topic, partition), 0)
            ledgers[topic] = recover(store, domain, epoch, {partition: reached})[partition]
        folding = Replay(domain, ledgers)
        folding.offset = max(ledger.next_offset for ledger in ledgers.values())
        events, refused = folding.fold([r.encode() for r in records if _home(r) == partition])
        assert refused == []
        events = events.with_columns(partition=pl.lit(partition, pl.UInt32))
        store.write(checkpoint_of(list(ledgers.values()), [events]))


def _home(record: str) -> int:
    event = json.loads(record)
    return partition_of(event.get("partitionkey", event["subject"]), PARTITIONS)


def states(store: ClickHouseStore) -> dict[str, pl.DataFrame]:
    """All states by entity, sorted, as the workers of all shards load them."""
    found = {}
    for name, entity in ENTITIES.items():
        epoch = store.newest(entity.topic)
        assert epoch
        frames = [store.states(name, epoch, partition) for partition in range(epoch.partitions)]
        found[name] = pl.concat(frames).sort("subject")
    return found
