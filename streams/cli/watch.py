"""Watching a machine: the live board on a terminal, plain lines elsewhere, and the end of the demo."""

import asyncio
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.live import Live

from schemas.instant import VIETNAM
from schemas.selection import By
from serving.board import HEADLINES, board, plain_line
from serving.period import Period, calendar
from serving.written import count
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.verify import verify
from sources import nga_nam
from streams.cli import demo

if TYPE_CHECKING:
    from streams.cli.machine import Machine

BOARD_SECONDS = 0.5
LINE_SECONDS = 2.0
NAMES = {office.code: office.name for office in nga_nam.OFFICES}


class Watch:
    """Shows a machine at work until `stop`; with the demo, feeds it and compares at the end."""

    def __init__(self, machine: "Machine", *, demo: bool) -> None:
        self._machine, self._demo = machine, demo
        self._console = Console()
        self._terminal = sys.stdout.isatty()
        self._stopped = threading.Event()
        self._sent = 0
        self._sending = demo
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Ask it to end."""
        self._stopped.set()

    async def run(self) -> int:
        """Show until stopped; returns the exit code."""
        if not self._demo:
            await self._show(lambda: False)
            return 0
        threading.Thread(target=self._feed, daemon=True).start()
        await self._show(self._all_counted)
        if self._failure:
            raise self._failure
        if self._stopped.is_set():
            return 0
        code = await asyncio.to_thread(self._conclude)
        if self._terminal:
            self._console.print("Ctrl-C để dừng / to stop")
            await self._show(lambda: False)
        return code

    def _feed(self) -> None:
        def sent() -> None:
            self._sent += 1

        try:
            demo.feed(self._machine.broker.bootstrap, sent, self._stopped.is_set)
        except Exception as error:
            self._failure = error
        self._sending = False

    def _all_counted(self) -> bool:
        return bool(self._failure) or (not self._sending and self._machine.counted >= self._sent)

    async def _show(self, over: Callable[[], bool]) -> None:
        if self._terminal:
            with Live(console=self._console, auto_refresh=False, transient=True) as live:
                await self._refresh(over, BOARD_SECONDS, lambda: live.update(self._board(), refresh=True))
        else:
            await self._refresh(over, LINE_SECONDS, lambda: print(self._line(), flush=True))

    async def _refresh(self, over: Callable[[], bool], seconds: float, show: Callable[[], None]) -> None:
        while not self._stopped.is_set() and not over():
            await asyncio.to_thread(show)
            await asyncio.to_thread(self._stopped.wait, seconds)
        await asyncio.to_thread(show)

    def _board(self) -> RenderableType:
        rows = self._machine.rows(self._period(), By.AGENCY, tuple(HEADLINES))
        return board(self._title(), self._machine.pulse(), rows, NAMES)

    def _line(self) -> str:
        rows = self._machine.rows(self._period(), None, tuple(HEADLINES))
        return plain_line(self._machine.pulse(), rows)

    def _title(self) -> str:
        return demo.TITLE if self._demo else f"{self._period().start} – {self._period().end}"

    def _period(self) -> Period:
        now = datetime.now(VIETNAM)
        return calendar(demo.PERIOD) if self._demo else calendar(f"{now:%Y-%m}")

    def _conclude(self) -> int:
        client = self._machine.store.client
        compared = demo.compare(self._machine.catalogue, ClickHouseCounts(client), datetime.now(VIETNAM))
        self._console.print(demo.comparison(compared))
        verdict = verify(client, self._machine.catalogue)
        print(
            f"verify: tính lại từ {count(sum(verdict.events.values()))} sự kiện gốc, "
            f"{count(verdict.different)} khác biệt / recounted from the original events, "
            f"{verdict.different:,} differ"
        )
        return int(verdict.different > 0 or not all(item.equal for item in compared))
