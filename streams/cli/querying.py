"""The query API's part of `serve` and `up`: its reader over ClickHouse, read only and bounded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clickhouse_connect.driver.client import Client

from schemas.digest import Shown, Since, Taken
from schemas.instant import VIETNAM
from schemas.measure import Measure
from schemas.reference.tables import Reference
from schemas.selection import Counts, Selection, Sums, Wanted
from serving.api.alerts import Alertmanager
from serving.api.desk import Desk
from serving.api.reader import Reader, Sight
from serving.api.router import router
from serving.behind import Behind
from serving.published import Kept
from sinks.clickhouse import behind, freshness, reference
from sinks.clickhouse.client import Clients, connect
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.digests import KeptDigests
from streams.checkpoint import StoreError
from streams.cli.options import catalogue_of, place_of
from web.limits import RateLimit
from web.problem import problem

if TYPE_CHECKING:
    from fastapi import APIRouter

    from streams.settings import Settings
    from web.doorkeeper import Doorkeeper

NOT_COMPILED = {f"compile_{what}": 0 for what in ("expressions", "aggregate_expressions", "sort_description")}
"""To compile a new question takes the engine 300 ms, and saves next to nothing of it."""
BOUNDS = {"max_execution_time": 10, "max_result_rows": 1_000_000, "max_memory_usage": 4 << 30}
"""Of a query: seconds, rows, bytes. More than any view needs; a question that needs more ends with 503."""


class StoreReader(Reader):
    """What the API asks, answered by ClickHouse. Each thread has a client of its own."""

    def __init__(self, open_client: Callable[[], Client]) -> None:
        self._clients = Clients(lambda: _bounded(open_client()))
        self._reference: tuple[tuple[int, str] | None, Reference] | None = None

    def counts(self) -> Counts:
        """The counts, for the calling thread."""
        return _Counts(ClickHouseCounts(self._clients.here()))

    def reference(self) -> Reference:
        """The loaded reference data, read again when another version was loaded."""
        with _available():
            loaded = reference.current(self._clients.here())
            if self._reference is None or self._reference[0] != loaded:
                self._reference = (loaded, reference.stored(self._clients.here()))
            return self._reference[1]

    def moment(self) -> str:
        """A word that changes with every checkpoint and every load of reference data."""
        with _available():
            return freshness.moment(self._clients.here())

    def topics(self) -> list[dict[str, Any]]:
        """`topic`, `written_at`, `events` of each topic."""
        with _available():
            return freshness.topics(self._clients.here())

    def sources(self, since: datetime) -> list[dict[str, Any]]:
        """`source`, `last_event_at`, `events` of each source heard since then."""
        with _available():
            return freshness.sources(self._clients.here(), since)

    def latest(self, since: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
        """`time`, `type`, `source`, `agency` of the newest events between two moments, newest first."""
        with _available():
            return freshness.latest(self._clients.here(), since, until, limit)

    def behind(self, behind_: Behind, after: str, limit: int) -> list[dict[str, Any]]:
        """Entities behind a number in order of their keys, those after one key."""
        with _available():
            client = self._clients.here()
            return behind.entities(client, behind_.entity, behind_.counted, behind_.without, after, limit)

    def digests(self) -> Kept:
        """What was shown at the end of each day, for the calling thread."""
        return _Digests(self._clients.here())

    def history(self, entity: str, subject: str) -> list[dict[str, Any]]:
        """`time`, `type`, `source`, `id`, `event` (JSON) of each event of an entity."""
        with _available():
            return behind.history(self._clients.here(), entity, subject)


class _Counts(Counts):
    def __init__(self, counts: ClickHouseCounts) -> None:
        self._counts = counts

    def all_sums(self, wanted: Wanted) -> Mapping[Selection, Sums]:
        with _available():
            return self._counts.all_sums(wanted)


class _Digests(KeptDigests):
    def taken(self, day: date) -> Taken | None:
        with _available():
            return super().taken(day)

    def days(self, around: date) -> list[date]:
        with _available():
            return super().days(around)

    def has(self, of: Taken, agency: str) -> bool:
        with _available():
            return super().has(of, agency)

    def figures(self, of: Taken, agency: str, names: Sequence[str]) -> list[Shown]:
        with _available():
            return super().figures(of, agency, names)

    def since(self, of: Taken, measures: Sequence[Measure], agency: str, start: date | None) -> Since | None:
        with _available():
            return super().since(of, measures, agency, start)

    def tree_changed(self, of: Taken, agency: str) -> bool:
        with _available():
            return super().tree_changed(of, agency)


def query_part(settings: "Settings", doorkeeper: "Doorkeeper", store: Path | None = None) -> "APIRouter":
    """The query API over an embedded store, or the settings' ClickHouse. Raises CatalogueError."""
    place = place_of(settings, store, None if store else settings.clickhouse)
    reader = StoreReader(lambda: connect(**place))
    sight = Sight(reader, catalogue_of(None), lambda: datetime.now(VIETNAM), settings.administrative_day)
    alertmanager = Alertmanager(settings.alertmanager) if settings.alertmanager else None
    desk = Desk(sight, doorkeeper, RateLimit(settings.query_rate))
    return router(desk, settings.public_minimum, alertmanager)


def _bounded(client: Client) -> Client:
    for name, value in (BOUNDS | NOT_COMPILED).items():
        client.set_client_setting(name, value)
    return client


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise problem(
            "unavailable",
            "Kho số liệu chưa trả lời được. Hãy hỏi lại sau giây lát.",
            "The store cannot answer now. Ask again in a moment.",
            headers={"Retry-After": "5"},
        ) from error
