"""Which figures a question is about: by name, by validity, and by what can be split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.catalogue import AnyFigure, Catalogue, Kpi, Part, Score
from schemas.selection import By, Only
from schemas.suggestion import hint
from serving.side import sides
from serving.splits import splits


class UnknownKpiError(ValueError):
    """A name that the catalogue does not have, or not at that time; the message says what it has."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A figure, or a piece of a score, under the name it was asked for.

    version: the name that means this version on any day. parts, kpis: of a score, what it is made of.
    """

    name: str
    version: str
    figure: AnyFigure | Part
    parts: tuple[Part, ...] = ()
    kpis: tuple[Kpi, ...] = ()

    @property
    def bases(self) -> tuple[AnyFigure, ...]:
        """The figures that are read from the counts."""
        return self.kpis if isinstance(self.figure, (Score, Part)) else (self.figure,)

    def splits(self, catalogue: Catalogue, by: By | None, hours: bool = False, only: Only = ()) -> bool:
        """Whether it can be split so; a score can when all its KPIs can. `hours`: over a period of hours."""
        return all(splits(catalogue, figure, by, hours, only) for figure in self.bases)

    @property
    def additive(self) -> bool:
        """Whether an agency's value is the sum over those below it: points and distinct places are not."""
        return not isinstance(self.figure, (Score, Part)) and not any(side.per for side in sides(self.figure))


def choose(catalogue: Catalogue, names: Sequence[str], day: date) -> list[Chosen]:
    """The figures of these names (none: all but the single parts of scores), as they hold on a day.

    `name@2022-08-01` names the version valid from that date, whatever the day: so two versions of a KPI
    can stand side by side. A score has `score.group`, `score.group.part`, and `score.*` for all of these.
    Raises UnknownKpiError.
    """
    holding = {c.name: c for c in _holding(catalogue, day)}
    if not names:
        return [c for c in holding.values() if not isinstance(c.figure, Part)]
    every = holding | {c.name: c for c in _versions(catalogue)}
    return list({c.name: c for name in names for c in _named(name, every, day)}.values())


def every(catalogue: Catalogue) -> list[Chosen]:
    """All figures and pieces of scores in all versions, by their plain names too; the newest last."""
    plain = (Chosen(c.name.partition("@")[0], c.version, c.figure) for c in _versions(catalogue))
    return [*_versions(catalogue), *sorted(plain, key=lambda c: c.figure.valid_from)]


def _holding(catalogue: Catalogue, day: date) -> Iterator[Chosen]:
    newest = {f.name: f for f in sorted(catalogue.figures, key=lambda f: f.valid_from) if f.valid_on(day)}
    for name in dict.fromkeys(f.name for f in catalogue.figures):
        figure = newest.get(name)
        if isinstance(figure, Score):
            since = max(from_ for from_ in catalogue.dates_of(figure) if from_ <= day)
            yield from _scored(catalogue, figure, since, "")
        elif figure:
            yield Chosen(name, figure.version, figure)


def _versions(catalogue: Catalogue) -> Iterator[Chosen]:
    for figure in catalogue.figures:
        if isinstance(figure, Score):
            for day in catalogue.dates_of(figure):
                yield from _scored(catalogue, figure, day, f"@{day}")
        else:
            yield Chosen(figure.version, figure.version, figure)


def _scored(catalogue: Catalogue, score: Score, day: date, suffix: str) -> Iterator[Chosen]:
    """A score, its groups and their parts, as of a day from which one of them holds."""

    def piece(path: str, figure: Score | Part, parts: tuple[Part, ...]) -> Chosen:
        kpis = (catalogue.kpi_on(p.kpi, day) for p in parts if p.kpi)
        used = {kpi.name: kpi for kpi in kpis if kpi}
        return Chosen(f"{path}{suffix}", f"{path}@{day}", figure, parts, tuple(used.values()))

    parts = catalogue.parts_of(score.name, day)
    yield piece(score.name, score, parts)
    for group in score.groups:
        ours = tuple(part for part in parts if part.group == group.name)
        texts = score.model_copy(update={"vi": group.vi, "en": group.en, "note_vi": "", "note_en": ""})
        yield piece(f"{score.name}.{group.name}", texts, ours)
        for part in ours:
            yield piece(f"{score.name}.{group.name}.{part.name}", part, (part,))


def _named(name: str, every: dict[str, Chosen], day: date) -> list[Chosen]:
    path, at, version = name.partition("@")
    if path.endswith(".*"):
        inside = path.removesuffix("*")
        found = [
            c for n, c in every.items() if n.startswith(inside) and n.partition("@")[1:] == (at, version)
        ]
    else:
        found = [every[name]] if name in every else []
    if not found:
        raise UnknownKpiError(_unknown(name, every, day))
    return found


def left_out(
    catalogue: Catalogue,
    names: Sequence[str],
    day: date,
    by: By | None,
    hours: bool = False,
    only: Only = (),
) -> list[str]:
    """Of the figures asked for by name, those that cannot be split so; raises UnknownKpiError."""
    chosen = choose(catalogue, names, day) if names else []
    return [c.name for c in chosen if not c.splits(catalogue, by, hours, only)]


def _unknown(name: str, every: dict[str, Chosen], day: date) -> str:
    versions = [n for n in every if n.startswith(f"{name}@")]
    if versions:
        return f"`{name}` does not hold on {day}; its versions: {', '.join(versions)}"
    near = hint(name, every)
    return f"unknown KPI `{name}`; {near if near.startswith('did') else 'without a name all are shown'}"
