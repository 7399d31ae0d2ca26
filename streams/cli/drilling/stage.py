"""Everything that a drill needs, running: broker, worker, store, Prometheus, Alertmanager, a webhook."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import polars as pl
from prometheus_client import start_http_server

from schemas.catalogue import Catalogue
from schemas.contract import declared
from schemas.instant import MICROSECONDS, VIETNAM
from schemas.reference.calendar import CalendarDay, DayKind, Hours
from serving.alerts.files import rule_files, write
from serving.alerts.rule import Options
from sinks.clickhouse.verify import verify
from sources.producer import EventProducer
from streams.cli.drilling.monitors import free_port, monitors, query, within
from streams.cli.drilling.webhook import HOST, Webhook
from streams.cli.machine import Machine
from streams.clock import system_clock
from streams.verdict import write_verdict

PATIENCE = 120.0
REPEATED = 50
ALL_DAY = (Hours(opens=clock_time(0), closes=clock_time(23, 59)),)


class DrillClock:
    """The worker's clock: that of the machine, or so many seconds behind it."""

    def __init__(self) -> None:
        self._behind = 0

    def behind(self, seconds: float) -> None:
        """Stay so far behind from now on."""
        self._behind = int(seconds * MICROSECONDS)

    def __call__(self) -> int:
        """Microseconds since 1970 UTC."""
        return system_clock() - self._behind


class StageError(Exception):
    """Something of the stage did not come about in time."""


class Stage:
    """Made by `stage`. told: the notifications that have come.

    monitors: not yet running. They look from when the first events are counted: half a past is not judged.
    """

    def __init__(
        self,
        machine: Machine,
        clock: DrillClock,
        webhook: Webhook,
        monitors: AbstractContextManager[int],
        verdict: Path,
    ) -> None:
        self.clock, self.told = clock, webhook
        self._machine, self._monitors, self._verdict = machine, monitors, verdict
        self._running, self._prometheus = ExitStack(), 0
        self._sent, self._last = 0, pl.DataFrame()

    def close(self) -> None:
        """Stop Prometheus and Alertmanager."""
        self._running.close()

    def feed(self, events: pl.DataFrame, *, wait: bool = True) -> None:
        """Send events; wait until Prometheus has seen, and judged, what they amount to."""
        with EventProducer(self._machine.broker.bootstrap) as producer:
            topics = {name: declared(name).entity.topic for name in events["type"].unique()}
            for name, key, line in events.select("type", "key", "line").iter_rows():
                producer.send(topics[name], key, line.encode())
        self._sent, self._last = self._sent + events.height, events.head(REPEATED)
        if wait:
            self._until("the events to be counted", lambda: self._machine.counted >= self._sent)
            self._prometheus = self._prometheus or self._running.enter_context(self._monitors)
            self.seen()

    def dwell(self, seconds: float) -> None:
        """Let Prometheus look for so long at how it is."""
        time.sleep(seconds)

    def repeat(self, *, wait: bool) -> None:
        """Send some of the last events again, which changes nothing."""
        self.feed(self._last, wait=wait)

    def seen(self) -> None:
        """Wait until Prometheus has taken and judged gauges that were computed after now."""
        now = f"{self.clock() / MICROSECONDS:.0f}"
        taken = f"reform_pulse_gauges_time > {now} and reform_pulse_gauges_time offset 2s > {now}"
        self._until("Prometheus to see it", lambda: query(self._prometheus, taken))

    def verify(self) -> None:
        """Recount everything, and show Prometheus the verdict."""
        verdict = verify(self._machine.store.client, self._machine.catalogue)
        write_verdict(self._verdict, verdict.different)

    def alter_a_count(self, by: int) -> None:
        """Add to one stored count what no event says."""
        self._machine.store.client.command(
            "INSERT INTO counts_daily SELECT * REPLACE (value + {by:Int64} AS value, version + 1 AS version) "
            "FROM counts_daily FINAL WHERE measure = 'dossiers_received' ORDER BY ALL LIMIT 1",
            parameters={"by": by},
        )

    def unplug(self) -> None:
        """Take away a table that every checkpoint writes."""
        self._machine.store.client.command("RENAME TABLE progress TO progress_unplugged")

    def plug_in(self) -> None:
        """Give it back."""
        self._machine.store.client.command("RENAME TABLE progress_unplugged TO progress")

    def stop_worker(self) -> None:
        """End the worker in good order; all else goes on."""
        self._machine.worker.stop()

    def _until(self, what: str, condition: Callable[[], object]) -> None:
        if not within(PATIENCE, condition):
            raise StageError(f"waited {PATIENCE:.0f} s in vain for {what}")


@contextmanager
def stage(folder: Path, catalogue: Catalogue, hooks: list[str]) -> Iterator[Stage]:
    """Run all of it; hooks: URLs that get the notifications, too."""
    clock, port, verdict = DrillClock(), free_port(), folder / "verify.prom"
    patient = {"session_timeout": 10.0, "heartbeat_interval": 3.0}  # all of it shares one machine
    machine = Machine(folder / "data", catalogue, clock, metrics_port=port, gauge_seconds=0.5, **patient)
    options = Options(interval="1s", hold="0s")
    write(folder / "rules", rule_files(catalogue, _working_days(), ALL_DAY, options))
    server, _ = start_http_server(port, HOST)
    ready = threading.Event()
    with machine, Webhook(verdict) as webhook:
        serving = threading.Thread(target=lambda: asyncio.run(machine.worker.serve(ready.set)))
        serving.start()
        targets = (f"{HOST}:{port}", webhook.address)
        try:
            if not ready.wait(PATIENCE):
                raise StageError("the worker got no shards")
            watching = monitors(folder, targets, [webhook.url, *hooks])
            with closing(Stage(machine, clock, webhook, watching, verdict)) as made:
                yield made
        finally:
            machine.worker.stop()
            serving.join(PATIENCE)
            server.shutdown()


def _working_days() -> list[CalendarDay]:
    """Silence is an alert in working time only: for the drill these days are worked, whatever they are."""
    today = datetime.now(VIETNAM).date()
    days: list[date] = [today + timedelta(days=number) for number in (-1, 0, 1)]
    return [CalendarDay(day=day, kind=DayKind.MAKEUP) for day in days if day.weekday() >= 5]
