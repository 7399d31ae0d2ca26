"""Seeded bugs in taking over shards: where to read on, what to load, what to give back."""

from typing import Any
from unittest.mock import patch

from streams.engine import Engine
from streams.ledger import Ledger
from streams.shard import Batch, Commit, Shard
from streams.tenure import Tenure
from tests.simulation.bug import Both, Patch, bug
from tests.simulation.loop import here
from tests.simulation.transport import Consumer


@bug("the states of a shard are not loaded when it is assigned")
def states_not_loaded() -> Patch:
    return patch.object(Ledger, "load_states", lambda *_: None)


@bug("a new log is not noticed: offsets that the progress of the old one has passed are taken for folded")
def new_log_ignored() -> Patch:
    process = Engine.process

    async def skip(self: Engine, batch: Batch, commit: Commit) -> None:
        tables = self._store._tables  # type: ignore[attr-defined]
        reached = [o for (t, _, p), o in tables.progress.items() if (t, p) == tuple(batch.shard)]
        if batch.next_offset > max(reached, default=0):
            await process(self, batch, commit)

    return patch.object(Engine, "process", skip)


@bug("a rewind is not handled: a worker goes on where it had read, not from the committed offset")
def rewind_ignored() -> Patch:
    init, accept = Tenure.__init__, Tenure.accept
    read: dict[tuple[str, Shard], int] = {}

    def remember(self: Tenure, start: int, batch: Batch) -> bool:
        read[here().name, batch.shard] = batch.next_offset
        return accept(self, start, batch)

    def go_on(self: Tenure, committed: Any, starts: Any) -> None:
        init(self, committed, starts)
        self.positions |= {s: o for s in self.positions if (o := read.get((here().name, s), 0))}

    return Both(patch.object(Tenure, "accept", remember), patch.object(Tenure, "__init__", go_on))


@bug("without a committed offset a shard is read from its end (auto_offset_reset=latest)")
def reset_to_the_end() -> Patch:
    load = Consumer.load

    async def latest(self: Consumer) -> None:
        log_starts = self._thread.log_starts

        async def ends(shards: Any) -> dict[Shard, int]:
            starts = await log_starts(shards)
            return {shard: self._thread._client.end(shard) for shard in starts}

        with patch.object(self._thread, "log_starts", ends):
            await load(self)

    return patch.object(Consumer, "load", latest)


@bug("a batch is taken wherever it starts, so a gap before it goes unseen", first=20)
def batches_out_of_turn() -> Patch:
    def accept(self: Tenure, _: int, batch: Any) -> bool:
        ours = batch.shard in self.positions and not self._closed
        self.positions |= {batch.shard: batch.next_offset} if ours else {}
        return ours

    return patch.object(Tenure, "accept", accept)
