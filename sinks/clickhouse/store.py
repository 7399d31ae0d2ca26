"""The store of the engine over ClickHouse; the parts are in writer.py, loader.py and epochs.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.contract import ENTITIES, entities_of
from sinks.clickhouse import epochs, loader, summaries, writer
from sinks.clickhouse.client import Clients, connect, trouble
from sinks.clickhouse.cluster import on_cluster, sync
from streams.checkpoint import Checkpoint, Cubes, Epoch, Store
from streams.shard import Shard


class ClickHouseStore(Store):
    """The engine's store. Any thread may call; every call blocks and raises StoreError.

    The schema must have been migrated. Opening connects nothing: the first call of each thread does.
    """

    def __init__(self, open_client: Callable[[], Client], cluster: str = "") -> None:
        self._clients = Clients(open_client)
        self._cluster = cluster

    @classmethod
    def at(
        cls,
        store: Path | None = None,
        url: str | None = None,
        password: str = "",
        timeout: float = 30.0,
        ca: Path | None = None,
        cluster: str = "",
    ) -> Self:
        """The store in a directory (embedded engine) or at a server; parameters as of `connect`."""
        return cls(lambda: connect(store, url, password, timeout, ca, cluster), cluster)

    @property
    def client(self) -> Client:
        """The calling thread's client, for queries of other parts of the same process."""
        return self._clients.here()

    def _synced(self, *tables: str) -> Client:
        """The same, with these tables up to date where there are replicas."""
        sync(self.client, self._cluster, *tables)
        return self.client

    def epoch(self, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
        """The topic's newest epoch if all four agree with it, else a new one, opened now."""
        return epochs.agreed(self._synced("epochs"), topic, identity, partitions, fingerprint)

    def newest(self, topic: str) -> Epoch | None:
        """The topic's newest epoch; None when nothing was counted yet."""
        return epochs.newest(self._synced("epochs"), topic)

    def reopen(self, epoch: Epoch) -> Epoch:
        """A new epoch with the same content, for a rebuild; current once all its shards are written."""
        return epochs.reopened(self._synced("epochs"), epoch)

    def retire(self, topic: str) -> list[int]:
        """Drop the counts of the topic's superseded epochs; returns their numbers."""
        return epochs.retire(self._synced("epochs", "progress"), topic)

    def states(self, entity: str, epoch: Epoch, partition: int) -> pl.DataFrame:
        """All states that belong to a shard: `subject` and the registers."""
        return loader.states(self._loading(entity), ENTITIES[entity], epoch, partition)

    def state_pages(
        self, entity: str, epoch: Epoch, partitions: Sequence[int], rows: int = loader.STATE_ROWS
    ) -> Iterator[dict[int, pl.DataFrame]]:
        """The same of some shards, by partition, in pages of about so many rows: `Store`."""
        return loader.state_pages(self._loading(entity), ENTITIES[entity], epoch, partitions, rows)

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        """The states of these subjects, of whatever shard; subjects without a state are left out."""
        return loader.look_up(self._synced(ENTITIES[entity].table), ENTITIES[entity], subjects)

    def claims(self, epoch: Epoch, partitions: Sequence[int]) -> dict[int, int]:
        """The version of the newest claim of each shard that has one in the epoch."""
        return summaries.claims(self._synced(*epochs.COUNTS), epoch, partitions)

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> dict[str, pl.DataFrame]:
        """By cube, in SUMMARY_COLUMNS: a row for each month in which a shard has cells in an epoch."""
        return summaries.summaries(self._synced(*epochs.COUNTS), epoch, partitions)

    def cells(
        self, cube: str, epoch: Epoch, partitions: Sequence[int], month: int | None = None
    ) -> pl.DataFrame:
        """The cells of a month (None: of all) stored for some shards in an epoch."""
        return loader.cells(self.client, cube, epoch, partitions, month)

    def counts(self, epoch: Epoch, partition: int) -> Cubes:
        """All cells stored for a shard in an epoch: to look at, a worker compares summaries."""
        sync(self.client, self._cluster, *epochs.COUNTS)
        return Cubes(*(self.cells(cube, epoch, [partition]) for cube in Cubes._fields))

    def progress(self, epoch: Epoch) -> Mapping[Shard, int]:
        """The next offsets up to which counts of the epoch are complete."""
        return loader.progress(self._synced("progress"), epoch)

    def write(self, checkpoint: Checkpoint) -> None:
        """Write events, states, counts and progress in this order; all durable when it returns."""
        writer.write(self.client, checkpoint)

    def events(self, entity: str, rows: int = loader.PAGE_ROWS) -> Iterator[pl.DataFrame]:
        """All events of an entity, each once, in pages of `partition`, `offset`, `event` (JSON)."""
        return loader.events(self._synced("events"), entity, rows)

    def event_count(self) -> int:
        """How many rows the event table has, duplicates included."""
        with trouble("count the events"):
            return int(self.client.query("SELECT count() FROM events").result_rows[0][0])

    def clear_states(self, topic: str) -> None:
        """Forget what the states of a topic's entities say, but not in which shard they lie."""
        for entity in entities_of(topic):
            table, fresh = entity.table, f"{entity.table}_fresh"
            self._synced(table)
            with trouble(f"clear {table}"):
                self._define(f"DROP TABLE IF EXISTS {fresh} SYNC")
                self._define(f"CREATE TABLE {fresh} AS {table}")
                self.client.command(
                    f"INSERT INTO {fresh} (subject, `partition`) SELECT subject, `partition` FROM {table}"  # noqa: S608
                )
                self._define(f"EXCHANGE TABLES {table} AND {fresh}")
                self._define(f"DROP TABLE {fresh} SYNC")

    def _define(self, statement: str) -> None:
        for each in on_cluster(statement, self._cluster):
            self.client.command(each)

    def _loading(self, entity: str) -> Client:
        return self._synced("epochs", ENTITIES[entity].table)

    def close(self) -> None:
        """Close all clients."""
        self._clients.close()
