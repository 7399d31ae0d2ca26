"""The catalogue: measures and the figures made of them as data, in TOML files, without code.

The built-in file is `catalogue.toml` beside this module; a province's own file replaces entries of the same
name (and `valid_from`) and adds others. Everything is checked when loaded; a mistake names file and line.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from schemas.catalogue_file import CatalogueError, Entry, Key, Placed, read
from schemas.figure import Amount, Figure, Group, Kpi, Part, Score, Stock
from schemas.measure import STRICT, Measure, Term
from schemas.suggestion import hint
from schemas.unit import Unit

__all__ = [
    "Amount",
    "AnyFigure",
    "Catalogue",
    "CatalogueError",
    "Figure",
    "Group",
    "Kpi",
    "Measure",
    "Part",
    "Score",
    "Stock",
    "Term",
    "Unit",
    "load",
]

BUILT_IN = Path(__file__).with_name("catalogue.toml")
AnyFigure = Kpi | Stock | Amount | Score


class Catalogue(BaseModel):
    """All measures and figures."""

    model_config = STRICT

    measures: dict[str, Measure]
    kpis: tuple[Kpi, ...]
    stocks: tuple[Stock, ...]
    amounts: tuple[Amount, ...] = ()
    scores: tuple[Score, ...] = ()
    parts: tuple[Part, ...] = ()

    @cached_property
    def figures(self) -> tuple[AnyFigure, ...]:
        """KPIs, stocks, amounts, then scores; all versions."""
        return (*self.kpis, *self.stocks, *self.amounts, *self.scores)

    def of(self, entity: str) -> tuple[Measure, ...]:
        """The measures of one entity, in the order of the file."""
        return tuple(measure for measure in self.measures.values() if measure.entity == entity)

    def parts_of(self, score: str, day: date) -> tuple[Part, ...]:
        """The parts of a score, each in the newest version that holds on a day."""
        ours = sorted((p for p in self.parts if p.score == score), key=lambda part: part.valid_from)
        newest = {part.name: part for part in ours if part.valid_on(day)}
        return tuple(newest[name] for name in dict.fromkeys(p.name for p in self.parts) if name in newest)

    def kpi_on(self, name: str, day: date) -> Kpi | None:
        """The newest version of a KPI that holds on a day."""
        versions = [kpi for kpi in self.kpis if kpi.name == name and kpi.valid_on(day)]
        return max(versions, key=lambda kpi: kpi.valid_from, default=None)

    def dates_of(self, score: Score) -> tuple[date, ...]:
        """The days from which on a score is made otherwise: of other parts, or of other KPIs."""
        parts = [part for part in self.parts if part.score == score.name]
        named = {part.kpi for part in parts}
        made_of: list[Figure] = [*parts, *(kpi for kpi in self.kpis if kpi.name in named)]
        days = {day for figure in made_of for day in (figure.valid_from, figure.valid_to) if day}
        return tuple(sorted({score.valid_from, *(day for day in days if score.valid_on(day))}))

    def fingerprint(self, topic: str) -> str:
        """Changes when what is counted over a topic changes: then the counts need a new epoch."""
        ours = [m.model_dump_json() for m in self.measures.values() if m.of.topic == topic]
        return hashlib.sha256("\n".join(sorted(ours)).encode()).hexdigest()[:16]


def load(*files: Path) -> Catalogue:
    """Load the built-in catalogue and, on top of it, the given files; raises CatalogueError, OSError."""
    entries: dict[Key, Placed] = {}
    for path in (BUILT_IN, *files):
        entries.update(read(path))
    found = [placed.entry for placed in entries.values()]
    measures = {entry.name: entry for entry in found if isinstance(entry, Measure)}
    names: dict[type[Entry], list[str]] = {
        model: [e.name for e in found if isinstance(e, model)] for model in (Kpi, Stock, Amount, Score)
    }
    for placed in reversed(entries.values()):  # a province's mistake, not what it does to the built-in file
        _check(placed, measures, names, found)
    return Catalogue(
        measures=measures,
        kpis=tuple(e for e in found if isinstance(e, Kpi)),
        stocks=tuple(e for e in found if isinstance(e, Stock)),
        amounts=tuple(e for e in found if isinstance(e, Amount)),
        scores=tuple(e for e in found if isinstance(e, Score)),
        parts=tuple(e for e in found if isinstance(e, Part)),
    )


def _check(
    placed: Placed,
    measures: Mapping[str, Measure],
    names: Mapping[type[Entry], list[str]],
    found: list[Entry],
) -> None:
    """Raise CatalogueError where an entry names what is not there."""
    entry = placed.entry
    if isinstance(entry, Measure):
        return
    if isinstance(entry, Part):
        groups = [g.name for e in found if isinstance(e, Score) and e.name == entry.score for g in e.groups]
        _named(placed, "score", entry.score, names[Score])
        _named(placed, "group", entry.group, groups)
        if entry.kpi is not None:
            _named(placed, "kpi", entry.kpi, names[Kpi])
        return
    twice = [m.__name__.lower() for m, known in names.items() if m is not type(entry) and entry.name in known]
    if twice:
        raise placed.error("name", f"there is a {twice[0]} of this name too")
    for key, term in _terms(entry):
        _named(placed, key, term.measure, measures, "measure")
    if isinstance(entry, Kpi):
        _check_distinct(placed, entry, measures)


def _terms(entry: Entry) -> Iterable[tuple[str, Term]]:
    for key in ("numerator", "denominator", "flows", "terms"):
        if key in type(entry).model_fields:
            yield from ((key, term) for term in getattr(entry, key))


def _named(placed: Placed, key: str, name: str, known: Iterable[str], what: str = "") -> None:
    if name not in known:
        raise placed.error(key, f"unknown {what or key} `{name}`; {hint(name, known)}")


def _check_distinct(placed: Placed, kpi: Kpi, measures: Mapping[str, Measure]) -> None:
    for term in kpi.terms:
        entity = measures[term.measure].of
        for column in set(kpi.distinct) - {"agency", *entity.dimensions}:
            raise placed.error(
                "distinct", f"`{entity.name}`, which `{term.measure}` counts, has no `{column}`"
            )
