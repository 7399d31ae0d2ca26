"""Which cells of the counts to add up, and by what: the question that KPI rules ask of a store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class By(StrEnum):
    """What rows can be split by."""

    AGENCY = "agency"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    PROCEDURE = "procedure"
    FIELD = "field"
    KIND = "kind"

    @property
    def is_time(self) -> bool:
        """Whether it splits by when."""
        return self in (By.HOUR, By.DAY, By.MONTH)

    @property
    def is_dimension(self) -> bool:
        """Whether it is a dimension of the daily counts that only some entities have."""
        return self in (By.PROCEDURE, By.FIELD, By.KIND)


class Days(NamedTuple):
    """Vietnamese days from `start` until before `end`; None: no bound."""

    start: date | None
    end: date | None


class Hours(NamedTuple):
    """Hour buckets from `start` until before `end`: moments on the hour, with a zone."""

    start: datetime
    end: datetime


class Tree(StrEnum):
    """Which agency tree: as it was at the time of each count, or as it is now."""

    THEN = "then"
    NOW = "now"


Only = tuple[tuple[By, str], ...]
"""A code each of some dimensions."""


class Scope(NamedTuple):
    """Whose counts: an agency with all that are below it, or alone; None: all. only: of these codes alone.

    Below it are those of the loaded agency tree; of agencies that the tree does not know, the codes that go
    on after a dot. on: the day whose tree is meant. Without it THEN means each count's own day (its cohort's
    where cohorts are chosen), and NOW the newest tree. With NOW, ended agencies count as their successors.
    """

    agency: str | None = None
    self_only: bool = False
    tree: Tree = Tree.THEN
    on: date | None = None
    only: Only = ()

    def seen(self, today: date) -> "Scope":
        """The same with the day that NOW means."""
        return self._replace(on=self.on or today) if self.tree is Tree.NOW else self

    def at(self, day: date) -> "Scope":
        """The same by the tree of one day, for numbers that are as of a moment."""
        return self._replace(on=self.on or day) if self.agency and not self.self_only else self


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Selection:
    """The cells to add up.

    days: of the bucket. cohorts: of the measure's cohort day; None: all, also cells without one.
    by_cohort: DAY and MONTH mean the cohort day, not the bucket's. hours: of the bucket, within the days.
    per: what to keep the sums apart by within each key. By hour, and with hours, neither dimensions nor
    cohorts can be asked for.
    """

    days: Days
    scope: Scope = EVERYWHERE
    cohorts: Days | None = None
    by: By | None = None
    by_cohort: bool = False
    hours: Hours | None = None
    per: tuple[By, ...] = ()

    @property
    def hourly(self) -> bool:
        """Whether counts by agency alone can answer, which have neither dimensions nor cohorts.

        They have fewer cells: at most one an hour, however many procedures and dossiers (schemas.grain).
        """
        narrow = bool(self.scope.only) or any(by.is_dimension for by in (self.by, *self.per) if by)
        return self.cohorts is None and not narrow

    @property
    def tells_agencies(self) -> bool:
        """Whether agencies are told apart in the answer."""
        return By.AGENCY in (self.by, *self.per)


Key = tuple[str, ...]
Sums = Mapping[str, Mapping[Key, int]]
"""By measure, then by key; a measure or key without cells may be absent.

A key is what `by` splits by, followed by the codes of `per`. The first is '' without `by`; the code of the
agency, procedure, field or kind ('' where unset); or `2022-07`, `2022-07-01`, `2022-07-01T08:00+07:00` for
month, day and hour.
"""
WHOLE: Key = ("",)
"""The only key without `by` and `per`."""


Wanted = Mapping[Selection, Collection[str]]
"""The measures to add up in each selection of cells."""


class Counts(Protocol):
    """A store of counts. Only the current epoch of each topic is read; shards are added up."""

    def all_sums(self, wanted: Wanted) -> Mapping[Selection, Sums]:
        """Add up the selected cells of each selection's measures, in one go."""

    def sums(self, measures: Collection[str], selection: Selection) -> Sums:
        """Add up the selected cells of these measures."""
        return self.all_sums({selection: measures})[selection]
