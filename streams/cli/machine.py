"""One machine's broker, store, engine and worker, wired together in this process."""

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from schemas.contract import TOPICS
from schemas.instant import MICROSECONDS, VIETNAM
from schemas.selection import By
from serving.board import Pulse
from serving.kpis import kpi_rows
from serving.period import Period
from serving.row import Row
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.store import ClickHouseStore
from streams.broker import Broker
from streams.cli.worker import build_engine
from streams.clock import Clock, system_clock
from streams.settings import Settings
from streams.shard import Fatal
from streams.worker import Worker

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue

STORE = "clickhouse"
# The embedded broker makes a member wait for half of its session before the first batch.
QUICK = {"session_timeout": 3.0, "heartbeat_interval": 1.0, "checkpoint_seconds": 0.5}
# Nobody but this machine reaches it, and it knows no users.
OPEN = {"kafka_security": "PLAINTEXT", "kafka_user": ""}


class Machine:
    """Use as a context manager: entered, the broker runs and the store is open; `worker` is to be served."""

    def __init__(
        self, data: Path, catalogue: "Catalogue", clock: Clock = system_clock, **settings: object
    ) -> None:
        """`settings`: on top of those of the environment and the file."""
        self.store_directory = data / STORE
        self.catalogue = catalogue
        self._clock, self._own = clock, QUICK | OPEN | settings
        self.broker = Broker(self._broker_died)
        self._last = (0, 0)

    def __enter__(self) -> Self:
        self.store = ClickHouseStore.at(self.store_directory)
        migrate(self.store.client)
        self.broker.start()
        self.settings = Settings(kafka=self.broker.bootstrap, **self._own)  # type: ignore[arg-type]
        self.engine = build_engine(self.settings, self.store, self.catalogue, self._clock)
        self.worker = Worker(self.settings, self.engine, TOPICS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.broker.stop()
        self.store.close()

    def _broker_died(self, message: str) -> None:
        self.worker.fail(Fatal(message))

    @property
    def counted(self) -> int:
        """Events folded or refused, and durable: what is behind the numbers now."""
        done = self.engine.folded + self.engine.refused
        return done if not any(self.worker.lags().values()) else 0

    def pulse(self) -> Pulse:
        """How the stream is doing; the rate is that since the last call."""
        now, events = system_clock(), self.engine.folded
        before, then = self._last
        self._last = (events, now)
        rate = (events - before) * MICROSECONDS / max(1, now - then)
        age = (now - (self.engine.durable_at or now)) / MICROSECONDS
        return Pulse(events, self.engine.refused, rate, sum(self.worker.lags().values()), age)

    def rows(self, period: Period, by: By | None = None, names: tuple[str, ...] = ()) -> list[Row]:
        """KPI rows as of now; blocks."""
        counts = ClickHouseCounts(self.store.client)
        return kpi_rows(self.catalogue, counts, period, datetime.now(VIETNAM), by=by, names=names)
