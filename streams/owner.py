"""The owner: stands between the transport and the processor, and holds the shards while they are ours.

take -> (run | flush)* -> release, once per assignment. Every call of the processor is a task of its own, so
that a release can wait for it, or cancel it at the deadline, without ending the agent it was called from.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from streams.shard import Fatal, Processor, Shard
from streams.tenure import Tenure
from streams.transport.fetch import Chunk

log = logging.getLogger(__name__)

_GRACE_SECONDS = 1.0  # for a cancelled task to end; what it holds uncommitted is read again


class Log(Protocol):
    """What the owner asks of the transport."""

    async def force_commit(self) -> bool:
        """Commit what is due."""

    async def abandon_commit(self) -> None:
        """End a commit that is still being tried."""

    async def perform_seek(self) -> None:
        """Fetch on from the tenure's positions."""


class _Commit:
    """The `Commit` of one tenure; without effect once that is over."""

    def __init__(self, tenure: Tenure, log_of: Callable[[], Log]) -> None:
        self._tenure = tenure
        self._log_of = log_of

    async def __call__(self, durable: Mapping[Shard, int]) -> None:
        self._tenure.mark(durable)
        if self._tenure.due():
            await self._log_of().force_commit()


class Owner:
    """Runs in the main event loop. `failed` is called with the first Fatal; after it nothing is committed."""

    def __init__(
        self, processor: Processor, failed: Callable[[Fatal], None], log_of: Callable[[], Log]
    ) -> None:
        self._processor = processor
        self._failed = failed
        self._log_of = log_of
        self._busy: set[asyncio.Task[None]] = set()
        self._loading: asyncio.Task[None] | None = None
        self._releasing = asyncio.Lock()
        self._fatal = False
        self.tenure: Tenure | None = None
        self.ready = False

    async def take(self, committed: Mapping[Shard, int | None], starts: Mapping[Shard, int]) -> None:
        """Let the processor load the shards; batches are accepted when it has. A release cancels it."""
        self._loading = self._start(self._processor.assign(committed))
        if await self._finished(self._loading) and not self._fatal:
            self.tenure = Tenure(committed, starts)
            self.ready = True

    async def run(self, chunk: Chunk) -> None:
        """Process one batch; never raises. A chunk out of turn is dropped, and its shard read on in turn."""
        tenure = self.tenure
        if not self.ready or tenure is None:
            return
        if not tenure.accept(chunk.start, chunk.batch):
            log.info("%s: batch at %d is out of turn, reading on in turn", chunk.batch.shard, chunk.start)
            await self._log_of().perform_seek()
        elif chunk.batch.values:
            commit = _Commit(tenure, self._log_of)
            await self._finished(self._start(self._processor.process(chunk.batch, commit)))
        else:
            tenure.skip(chunk.start, chunk.batch)

    async def flush(self) -> None:
        """Flush what was folded; never raises. Called by the timer."""
        if self.ready and self.tenure is not None:
            await self._finished(self._start(self._flush(self.tenure)))

    async def release(self, seconds: float) -> None:
        """Give all shards back within so many seconds: finish what is under way, flush, commit, drop.

        What does not end in time is cancelled and not flushed, so it will be read again by the next owner.
        """
        async with self._releasing:
            self.ready = False
            if self._loading is not None:
                self._loading.cancel()
            if self.tenure is not None and not self._fatal:
                await self._drain(self.tenure, asyncio.get_running_loop().time() + seconds)
            await self._drop()

    def fail(self, error: Fatal) -> None:
        """Stop everything: nothing more is processed, flushed or committed."""
        if not self._fatal:
            self._fatal = True
            self.ready = False
            if self.tenure is not None:
                self.tenure.close()
            self._failed(error)

    async def _flush(self, tenure: Tenure) -> None:
        await self._processor.flush(_Commit(tenure, self._log_of))

    async def _drain(self, tenure: Tenure, deadline: float) -> None:
        clock = asyncio.get_running_loop().time
        if self._busy:
            await asyncio.wait(self._busy, timeout=deadline - clock())
        if self._busy or self._fatal:
            log.warning("%d batches did not end in time and will be read again", len(self._busy))
            return
        task = self._start(self._flush(tenure))
        done, _ = await asyncio.wait({task}, timeout=max(0.0, deadline - clock()))
        if done:
            self._judge(task)
        else:
            log.warning("the flush did not end in time, its batches will be read again")

    async def _drop(self) -> None:
        for task in self._busy:
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=_GRACE_SECONDS)
        if self.tenure is not None:
            self.tenure.close()
            await self._log_of().abandon_commit()
        if self.tenure is not None or self._loading is not None:
            await self._finished(self._start(self._processor.revoke()))
        self.tenure = self._loading = None

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    async def _finished(self, task: asyncio.Task[None]) -> bool:
        await asyncio.wait({task})  # leaves the task alone when the caller is cancelled
        return self._judge(task)

    def _judge(self, task: asyncio.Task[None]) -> bool:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Fatal):
            self.fail(error)
        elif error is not None:
            log.error("the processor broke its contract", exc_info=error)
            self.fail(Fatal(f"unexpected error, please report it with the log: {error!r}"))
        return error is None and not task.cancelled()
