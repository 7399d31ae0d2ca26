"""The agency tree as it was on a day, and as it is: for sums over subtrees (design, section 4).

As it was: on every day each known agency has one place. Before it began and after it ended its nearest place
holds, so that an event that comes for a merged agency is not lost, and a cell has one chain upwards.

As it is: the history of an ended agency counts for its successor. Whole numbers cannot be split, so all of
it goes to the successor with the largest share (of equals, the lowest code), and so on from there: once, to
one. The shares are kept for those who split amounts by hand. Without a successor it goes to the parent.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from schemas.reference.agency import Agency, Successor
from schemas.reference.row import AgencyLevel
from schemas.reference.value import BEGINNING, FOREVER

DAY = timedelta(days=1)
NEWEST = FOREVER - DAY
"""The day to ask for when the newest tree is meant."""


class Branch(NamedTuple):
    """`descendant` lies `depth` steps below `ancestor` (0: itself) on the days [valid_from, valid_to)."""

    ancestor: str
    descendant: str
    depth: int
    valid_from: date
    valid_to: date


class Heir(NamedTuple):
    """Seen on a day in [seen_from, seen_to), the history of `code` is that of `current`, by a share.

    counted: the one of them that whole numbers count for.
    """

    code: str
    seen_from: date
    seen_to: date
    current: str
    share: float
    counted: bool


class _Spell(NamedTuple):
    """A run of days with the same chain of codes from the agency upwards."""

    start: date
    end: date
    chain: tuple[str, ...]


class _View(NamedTuple):
    """A run of days on which an agency's history is seen so."""

    start: date
    end: date
    shares: dict[str, float]
    counted: str


class AgencyTree:
    """The tree of a checked reference; codes that it does not know have no place in it."""

    def __init__(self, agencies: Iterable[Agency] = (), successors: Iterable[Successor] = ()) -> None:
        self._rows: dict[str, list[Agency]] = {}
        for agency in sorted(agencies, key=lambda row: row.valid_from):
            self._rows.setdefault(agency.code, []).append(agency)
        self._successors: dict[str, list[Successor]] = {}
        for row in successors:
            self._successors.setdefault(row.code, []).append(row)
        self._chains: dict[str, list[_Spell]] = {}
        self._views: dict[str, list[_View]] = {}

    @property
    def codes(self) -> Collection[str]:
        """All agencies, of whatever time."""
        return self._rows.keys()

    def knows(self, code: str) -> bool:
        """Whether the tree has this agency, at whatever time."""
        return code in self._rows

    def ended(self, code: str) -> date:
        """The first day without the agency; FOREVER while it exists."""
        return self._rows[code][-1].valid_to

    def place(self, code: str, day: date) -> Agency | None:
        """The agency's row on a day, else the nearest before, else the first; None: unknown."""
        rows = self._rows.get(code)
        return next((row for row in reversed(rows) if row.valid_from <= day), rows[0]) if rows else None

    def level(self, code: str, day: date) -> AgencyLevel | None:
        """The agency's level on a day; None: unknown."""
        row = self.place(code, day)
        return row.level if row else None

    def above(self, code: str, depth: int, day: date) -> str:
        """The agency `depth` steps from the top (1: the top itself) under which this one lies on a day.

        Itself if it lies no deeper. A code that is not known is cut to so many parts.
        """
        for spell in self._chain(code) if self.knows(code) else ():
            if spell.start <= day < spell.end:
                return spell.chain[max(0, len(spell.chain) - depth)]
        return ".".join(code.split(".")[:depth])

    def current(self, code: str, on: date = NEWEST) -> str:
        """Whose history this is, seen on a day; a code that is not known is its own."""
        return next((view.counted for view in self._view(code) if view.start <= on < view.end), code)

    @cached_property
    def branches(self) -> list[Branch]:
        """Every agency below every one of its ancestors, itself included; days never overlap."""
        found = []
        for code in self._rows:
            for spell in self._chain(code):
                for depth, ancestor in enumerate(spell.chain):
                    found.append(Branch(ancestor, code, depth, spell.start, spell.end))
        return found

    @cached_property
    def heirs(self) -> list[Heir]:
        """Whose history that of each known agency is."""
        return [
            Heir(code, view.start, view.end, current, share, current == view.counted)
            for code in self._rows
            for view in self._view(code)
            for current, share in sorted(view.shares.items())
        ]

    def _chain(self, code: str) -> list[_Spell]:
        """The agency's chains over all days, from BEGINNING to FOREVER without a gap."""
        if code not in self._chains:
            rows = self._rows[code]
            starts = [BEGINNING, *(row.valid_from for row in rows[1:])]
            ends = [*starts[1:], FOREVER]
            self._chains[code] = [
                spell
                for row, start, end in zip(rows, starts, ends, strict=True)
                for spell in self._below(row, start, end)
            ]
        return self._chains[code]

    def _below(self, row: Agency, start: date, end: date) -> Iterable[_Spell]:
        if row.parent not in self._rows:
            return [_Spell(start, end, (row.code,))]
        above = (s for s in self._chain(row.parent) if s.start < end and start < s.end)
        return [_Spell(max(start, s.start), min(end, s.end), (row.code, *s.chain)) for s in above]

    def _view(self, code: str) -> list[_View]:
        if code not in self._rows:
            return []
        if code not in self._views:
            self._views[code] = list(self._seen(code))
        return self._views[code]

    def _seen(self, code: str) -> Iterable[_View]:
        ended = self.ended(code)
        shares = self._shares(code)
        if ended == FOREVER or not shares:
            return [_View(BEGINNING, FOREVER, {code: 1.0}, code)]
        main = min(shares, key=lambda heir: (-shares[heir], heir))
        starts = {view.start for heir in shares for view in self._view(heir) if view.start > ended}
        days = [ended, *sorted(starts), FOREVER]
        later = [
            _View(start, end, self._mixed(shares, start), self.current(main, start))
            for start, end in pairwise(days)
        ]
        return [_View(BEGINNING, ended, {code: 1.0}, code), *later]

    def _shares(self, code: str) -> dict[str, float]:
        """Who goes on with an ended agency: its successors, or its parent; known ones."""
        last = self._rows[code][-1]
        named = {row.successor or last.parent: row.share for row in self._successors.get(code, ())}
        return {heir: share for heir, share in named.items() if heir in self._rows}

    def _mixed(self, shares: dict[str, float], day: date) -> dict[str, float]:
        mixed: dict[str, float] = {}
        for heir, share in shares.items():
            view = next(view for view in self._view(heir) if view.start <= day < view.end)
            for current, part in view.shares.items():
                mixed[current] = mixed.get(current, 0.0) + share * part
        return mixed
