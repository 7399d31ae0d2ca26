"""What the API asks of a store. Every call blocks, may come from any thread, and raises Problem 503."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.catalogue import Catalogue
from schemas.reference.tables import Reference
from schemas.selection import Counts
from serving.behind import Behind
from serving.published import Kept


class Reader(Protocol):
    """The store, read only."""

    def counts(self) -> Counts:
        """The counts, for the calling thread."""

    def reference(self) -> Reference:
        """The loaded reference data."""

    def moment(self) -> str:
        """A word that changes with every checkpoint and every load of reference data."""

    def topics(self) -> list[dict[str, Any]]:
        """`topic`, `written_at`, `events` of each topic."""

    def sources(self, since: datetime) -> list[dict[str, Any]]:
        """`source`, `last_event_at`, `events` of each source heard since then."""

    def latest(self, since: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
        """`time`, `type`, `source`, `agency` of the newest events between two moments, newest first."""

    def behind(self, behind: Behind, after: str, limit: int) -> list[dict[str, Any]]:
        """Entities behind a number in order of their keys, those after one key."""

    def digests(self) -> Kept:
        """What was shown at the end of each day, for the calling thread."""

    def history(self, entity: str, subject: str) -> list[dict[str, Any]]:
        """`time`, `type`, `source`, `id`, `event` (JSON) of each event of an entity."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What all routes see: the store, the definitions, the time.

    clock: aware. first_day: of administrative periods.
    """

    reader: Reader
    catalogue: Catalogue
    clock: Callable[[], datetime]
    first_day: int = 15
