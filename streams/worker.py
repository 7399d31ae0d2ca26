"""The worker: runs the app until it is told to stop, or must; in its own process or inside another program.

`faust.Worker` is not used: it owns process, signals, logging and event loop, and adds a second to every stop;
a worker must also run beside an API and a broker in one loop. The app is a service, and is run as one.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from streams import topics as kafka_topics
from streams.app import PulseApp, build_app
from streams.health import Health
from streams.look import Look, look_at
from streams.reach import wait_for_port
from streams.settings import Settings
from streams.shard import Fatal, Processor, Shard
from streams.transport.quiet import quiet
from streams.watcher import Watcher

log = logging.getLogger(__name__)

_FLUSH_SHARE = 0.6  # of shutdown_seconds: the rest is for leaving the group and closing connections


class Worker:
    """One run of a worker. `stop` and `fail` may be called from any thread, before or while it serves."""

    def __init__(
        self,
        settings: Settings,
        processor: Processor,
        topics: Iterable[str],
        health: Health | None = None,
    ) -> None:
        """`health`: told how the worker is doing; without one it is asked by the stuck detector alone."""
        self._settings = settings
        self._health = health or Health(settings)
        self._processor = processor
        self._topics = tuple(topics)
        self._app: PulseApp | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._stopping = False
        self._fatal: Fatal | None = None

    async def serve(self, ready: Callable[[], None] | None = None) -> None:
        """Serve until `stop` or cancellation: both flush and commit first. Raises Fatal when it must stop.

        `ready` is called once, when the first shards are loaded and batches begin to flow.
        """
        self._loop = asyncio.get_running_loop()
        self._settle()
        try:
            await self._until_ended(self._prepare())
            if not self._ended.is_set():
                await self._serve(ready or _nothing)
        finally:
            self._loop = None
        if self._fatal is not None:
            raise self._fatal

    def stop(self) -> None:
        """Ask it to end in good order."""
        self._stopping = True
        self._signal()

    def fail(self, error: Fatal) -> None:
        """Make it end at once: nothing is flushed or committed any more, and `serve` raises the error."""
        self._fatal = self._fatal or error
        self._signal()

    def lags(self) -> dict[Shard, int]:
        """Events between the committed offset and the end of the log, per shard of ours."""
        if self._app is None or self._app.owner.tenure is None:
            return {}
        lags: dict[Shard, int] = self._app.consumer.lags()
        return lags

    def _signal(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has been closed: nothing left to end
                self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self._fatal is not None and self._app is not None:
            self._app.owner.fail(self._fatal)
        if self._stopping or self._fatal is not None:
            self._ended.set()

    async def _prepare(self) -> None:
        self._health.waits(f"Kafka at {self._settings.kafka}")
        await wait_for_port(self._settings.kafka)
        names = (*self._topics, self._settings.dead_letter_topic)
        await kafka_topics.patiently(self._settings, names)

    async def _serve(self, ready: Callable[[], None]) -> None:
        self._app = app = build_app(self._settings, self._processor, self._topics, self.fail, _first(ready))
        quiet()
        self._settle()
        watcher = self._watcher(app)
        watcher.start()
        try:
            await self._until_ended(app.start())
            await self._until_ended(app.wait_until_stopped())
        finally:
            watcher.stop()
            if app.crash_reason is not None:
                self.fail(Fatal(f"unexpected error, please report it with the log: {app.crash_reason!r}"))
            await self._close(app)

    def _watcher(self, app: PulseApp) -> Watcher:
        def look() -> Look:
            return look_at(app, self._processor.errand, self._health.interval)

        return Watcher(self._health, look, self.fail, self._settings.shutdown_seconds)

    async def _until_ended(self, work: Awaitable[object]) -> None:
        """Await the work, but no longer than until the end is asked for."""
        task = asyncio.ensure_future(work)
        end = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
        finally:
            for each in (task, end):
                each.cancel()

    async def _close(self, app: PulseApp) -> None:
        limit = self._settings.shutdown_seconds
        await app.owner.release(limit * _FLUSH_SHARE)
        # Not wait_for: Faust's services swallow its cancellation, and it would wait on.
        stopping = asyncio.ensure_future(app.stop())
        if not (await asyncio.wait({stopping}, timeout=limit * (1 - _FLUSH_SHARE)))[0]:
            log.warning("Kafka connections did not close in time and are left behind")
            stopping.cancel()


def _nothing() -> None:
    pass


def _first(ready: Callable[[], None]) -> Callable[[], None]:
    """`ready`, the first time only."""
    called = False

    def loaded() -> None:
        nonlocal called
        if not called:
            called = True
            ready()

    return loaded


def run_worker(
    settings: Settings, processor: Processor, topics: Iterable[str], health: Health | None = None
) -> int:
    """Run a worker as this process's main task, until SIGTERM or SIGINT; return the exit code.

    0: ended in good order. 1: it had to stop; the reason is on stderr. The process ends at the latest
    `shutdown_seconds` after the signal, whatever hangs.
    """
    worker = Worker(settings, processor, topics, health)
    try:
        asyncio.run(_signalled(worker, settings.shutdown_seconds))
    except Fatal as error:
        print(f"reform-pulse: {error}", file=sys.stderr, flush=True)
        watchdog(settings.shutdown_seconds)  # a thread that hangs in a sink would keep the process
        return 1
    return 0


async def _signalled(worker: Worker, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        watchdog(seconds)
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    await worker.serve()


def watchdog(seconds: float) -> None:
    """End the process after so many seconds, whatever hangs; for when it is to end."""
    timer = threading.Timer(seconds, _give_up, [seconds])
    timer.daemon = True
    timer.start()


def _give_up(seconds: float) -> None:
    print(f"reform-pulse: not ended after {seconds:g} s, giving up", file=sys.stderr, flush=True)
    os._exit(1)
