"""What the engine hands to the sinks at a checkpoint: plain columns, nothing else.

A store writes events, then states, then counts, then progress, and only then may the Kafka offset be
committed (design, invariant 5). Every write is idempotent: writing a checkpoint twice changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import polars as pl

from streams.shard import Shard

WORD = pl.Categorical()
"""Of texts that repeat: a number each, and the text once per frame."""

EVENT_COLUMNS: dict[str, pl.DataType] = {
    "entity": WORD,
    "type": WORD,
    "source": WORD,
    "id": pl.String(),
    "subject": pl.String(),
    "time": pl.Datetime("us", "UTC"),
    "topic": WORD,
    "partition": pl.UInt32(),
    "offset": pl.Int64(),
    "event": pl.String(),  # the original JSON
}
HOURLY_COLUMNS: dict[str, pl.DataType] = {
    "topic": WORD,
    "epoch": pl.UInt32(),
    "measure": WORD,
    "agency": WORD,
    "bucket": pl.Datetime("us", "UTC"),  # start of a Vietnamese hour
    "partition": pl.UInt32(),
    "value": pl.Int64(),
    "version": pl.UInt64(),  # the owner's generation and the shard's next Kafka offset (streams.generation)
}
AGENCY_COLUMNS: dict[str, pl.DataType] = HOURLY_COLUMNS | {
    "bucket": pl.Date()
}  # a Vietnamese day, a month's first
DAILY_COLUMNS: dict[str, pl.DataType] = {
    "topic": WORD,
    "epoch": pl.UInt32(),
    "measure": WORD,
    "agency": WORD,
    "procedure": WORD,
    "field": WORD,
    "kind": WORD,
    "cohort": pl.Date(),  # Vietnamese day of the measure's cohort column; 1970-01-01 without one
    "bucket": pl.Date(),  # Vietnamese day
    "partition": pl.UInt32(),
    "value": pl.Int64(),
    "version": pl.UInt64(),
}
COUNT_COLUMNS = {
    "hourly": HOURLY_COLUMNS,
    "daily": DAILY_COLUMNS,
    "agency_daily": AGENCY_COLUMNS,
    "monthly": AGENCY_COLUMNS,
}
NO_EVENTS = pl.DataFrame(schema=EVENT_COLUMNS)
NO_CELLS = {cube: pl.DataFrame(schema=columns) for cube, columns in COUNT_COLUMNS.items()}
CLAIM = "(claim)"
"""The measure of hourly rows that count nothing (streams.generation); no catalogue can have it."""
SUMMARY_COLUMNS: dict[str, pl.DataType] = {
    "partition": pl.UInt32(),
    "month": pl.Int64(),  # Vietnamese, since 1970
    "cells": pl.UInt64(),  # how many are stored
    "digest": pl.UInt64(),  # of those that are not 0 (schemas.cell_hash)
    "version": pl.UInt64(),  # the highest
}


class Cubes(NamedTuple):
    """Cells by agency and hour, day (and dimensions), day alone, month; columns as in COUNT_COLUMNS."""

    hourly: pl.DataFrame
    daily: pl.DataFrame
    agency_daily: pl.DataFrame
    monthly: pl.DataFrame

    @classmethod
    def joined(cls, parts: Iterable["Cubes"]) -> "Cubes":
        """The cells of all."""
        return cls(*map(_joined, zip(cls.none(), *parts, strict=True)))

    @classmethod
    def none(cls) -> "Cubes":
        """No cells."""
        return cls(**{cube: frame.clone() for cube, frame in NO_CELLS.items()})


def _joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All rows; the frames without any, which are many, cost nothing."""
    return pl.concat([frame for frame in frames if len(frame)] or frames[:1])


@dataclass(frozen=True, slots=True)
class Epoch:
    """One log of a topic counted by one set of definitions (design, invariant 6)."""

    topic: str
    number: int
    identity: str
    partitions: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard's counts of an epoch reach: everything before `next_offset` is in them."""

    epoch: Epoch
    partition: int
    next_offset: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that has to be written before offsets may be committed.

    events: EVENT_COLUMNS. states: by entity name; `subject`, `partition` as Struct(version = epoch number,
    value), and each column as Struct(version UInt64, value) or, for MAX registers, a plain Int64; values in
    stored form (see schemas.column), times as Datetime("us", "UTC"). counts: changed cells.
    """

    events: pl.DataFrame
    states: Mapping[str, pl.DataFrame]
    counts: Cubes
    progress: tuple[Progress, ...]


class StoreError(Exception):
    """A store could not do it now; trying again may help. The message names the cause."""


class Store(Protocol):
    """Where results live. All calls block; the engine makes them from a thread. They raise StoreError."""

    def epoch(self, topic: str, identity: str, partitions: int, fingerprint: str) -> Epoch:
        """The topic's newest epoch if all four agree with it, else a new one, opened now."""

    def states(self, entity: str, epoch: Epoch, partition: int) -> pl.DataFrame:
        """All states that belong to a shard, in the columns of `Checkpoint.states`, without `partition`."""

    def state_pages(
        self, entity: str, epoch: Epoch, partitions: Sequence[int]
    ) -> Iterator[Mapping[int, pl.DataFrame]]:
        """The same of several shards, by partition, in pages: all rows of a state in one of them.

        A store that may hold many overrides it.
        """
        yield {partition: self.states(entity, epoch, partition) for partition in partitions}

    def look_up(self, entity: str, subjects: pl.Series) -> pl.DataFrame:
        """The states of these subjects, in the columns of `states`; subjects without a state are left out."""

    def claims(self, epoch: Epoch, partitions: Sequence[int]) -> Mapping[int, int]:
        """The version of the newest claim (streams.generation) of each shard that has one in the epoch."""

    def summaries(self, epoch: Epoch, partitions: Sequence[int]) -> Mapping[str, pl.DataFrame]:
        """By cube, in SUMMARY_COLUMNS: a row for each month in which a shard has cells in an epoch."""

    def cells(self, cube: str, epoch: Epoch, partitions: Sequence[int], month: int) -> pl.DataFrame:
        """The cells of a month stored for some shards in an epoch, value and version included."""

    def progress(self, epoch: Epoch) -> Mapping[Shard, int]:
        """The next offsets up to which counts of the epoch are complete."""

    def write(self, checkpoint: Checkpoint) -> None:
        """Write events, states, counts and progress in this order; all durable when it returns."""

    def retire(self, topic: str) -> list[int]:
        """Drop the counts of epochs older than the one that readers see; returns their numbers."""
