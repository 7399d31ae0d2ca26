"""Seeded bugs in writing: what is written, in which order, and when it is committed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from streams.checkpoint import Checkpoint, Cubes, StoreError
from streams.engine import Engine
from streams.pending import Unwritten
from streams.shard import Commit, Shard
from tests.simulation.bug import Patch, bug
from tests.simulation.store import SimulatedStore


@bug("the offset is committed before the checkpoint is written")
def commit_before_write() -> Patch:
    write = Engine._write

    async def commit_first(self: Engine, unwritten: Unwritten, commit: Commit) -> None:
        progress = unwritten.checkpoint.progress
        await commit({Shard(p.epoch.topic, p.partition): p.next_offset for p in progress})
        await write(self, unwritten, commit)

    return patch.object(Engine, "_write", commit_first)


@bug("a failing write is not tried again: the batch is lost, and the next commit goes past it")
def lost_batch() -> Patch:
    stubbornly = Engine._stubbornly

    async def once(self: Engine, work: Callable[[], Any]) -> Any:
        if isinstance(work, partial):  # a recovery is tried again
            return await stubbornly(self, work)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except StoreError:
            return None

    return patch.object(Engine, "_stubbornly", once)


@bug("counts are written before the states")
def counts_before_states() -> Patch:
    def parts(_: SimulatedStore, checkpoint: Checkpoint) -> list[str]:
        return ["events", *Cubes._fields, *checkpoint.states, "progress"]

    return patch.object(SimulatedStore, "parts", parts)


@bug("a cancelled flush drops what it had taken, cells and all", first=70)
def dropped_by_a_cancelled_flush() -> Patch:
    write = Engine._write

    async def careless(self: Engine, unwritten: Unwritten, commit: Commit) -> None:
        try:
            await write(self, unwritten, commit)
        except asyncio.CancelledError:
            self._unwritten = None
            raise

    return patch.object(Engine, "_write", careless)


@bug("dead letters are not written")
def letters_dropped() -> Patch:
    write = Engine._write

    async def without(self: Engine, unwritten: Unwritten, commit: Commit) -> None:
        await write(self, replace(unwritten, letters=()), commit)

    return patch.object(Engine, "_write", without)
