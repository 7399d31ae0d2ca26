"""As published: what the board showed on a day, beside what it would show now, and what has changed it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from schemas.catalogue import Catalogue, Stock
from schemas.digest import Shown, Since, Taken
from schemas.measure import Measure
from schemas.selection import Counts
from serving.digest import Beside, beside, measures_of, month_to
from serving.figures import UnknownKpiError, choose


class Kept(Protocol):
    """The digests of a store."""

    def taken(self, day: date) -> Taken | None:
        """The digest of a day."""

    def days(self, around: date) -> list[date]:
        """The nearest days that have one."""

    def has(self, of: Taken, agency: str) -> bool:
        """Whether figures of an agency were kept; '': of all."""

    def figures(self, of: Taken, agency: str, names: Sequence[str]) -> list[Shown]:
        """What was shown of an agency; '': of all. names: only these figures."""

    def since(self, of: Taken, measures: Sequence[Measure], agency: str, start: date | None) -> Since | None:
        """What came later about entities with a time in the days from `start`; None: a new log."""

    def tree_changed(self, of: Taken, agency: str) -> bool:
        """Whether other agencies lie below it."""


class NotKeptError(LookupError):
    """Of this day or agency nothing was kept; the message names days that have a digest."""


def published(
    catalogue: Catalogue, counts: Counts, kept: Kept, day: date, agency: str, names: Sequence[str]
) -> tuple[Taken, list[Beside]]:
    """The digest of a day and its figures beside those of now; with `names` also why they changed.

    Raises NotKeptError, UnknownKpiError.
    """
    of = kept.taken(day)
    if of is None:
        near = ", ".join(map(str, kept.days(day))) or "none yet"
        raise NotKeptError(f"nothing was kept of {day}; days nearby: {near}")
    if not kept.has(of, agency):
        raise NotKeptError(f"nothing was kept of {agency} on {day}: the agency tree did not have it then")
    names = _as_kept(catalogue, names, day)
    rows = beside(catalogue, counts, day, agency, kept.figures(of, agency, names), names)
    if not names or not rows:
        return of, rows
    moved = kept.tree_changed(of, agency)
    return of, [replace(_why(catalogue, kept, of, agency, row), tree_changed=moved) for row in rows]


def _as_kept(catalogue: Catalogue, names: Sequence[str], day: date) -> Sequence[str]:
    """The names under which a digest has these figures. Raises UnknownKpiError for what it does not have."""
    held = {c.version: c.name for c in choose(catalogue, (), day)}
    found: list[str] = []
    for name in names:
        ours = [held[c.version] for c in choose(catalogue, (name,), day) if c.version in held]
        if not ours:
            raise UnknownKpiError(f"`{name}` is not kept: the board of {day} had {', '.join(held.values())}")
        found += ours
    return tuple(dict.fromkeys(found))


def _why(catalogue: Catalogue, kept: Kept, of: Taken, agency: str, row: Beside) -> Beside:
    measures = measures_of(catalogue, row.then, of.day)
    if len({measure.entity for measure in measures}) != 1:  # a score: its KPIs tell
        return row
    stock = any(isinstance(c.figure, Stock) for c in choose(catalogue, (row.then.kpi,), of.day))
    start = None if stock else month_to(of.day).start
    return replace(row, since=kept.since(of, measures, agency, start))
