"""Which KPIs and stocks a question is about: by name, by validity, and by what can be split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from schemas.catalogue import Catalogue, Kpi, Measure, Stock
from schemas.selection import By


class UnknownKpiError(ValueError):
    """A name that the catalogue does not have, or not at that time; the message says what it has."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A KPI or stock under the name it was asked for."""

    name: str
    figure: Kpi | Stock


def choose(catalogue: Catalogue, names: Sequence[str], day: date) -> list[Chosen]:
    """The figures of these names (none: all), in the newest version that holds on a day.

    `name@2022-08-01` names the version valid from that date, whatever the day: so two versions of a KPI
    can stand side by side. Raises UnknownKpiError.
    """
    oldest_first = sorted(catalogue.figures, key=lambda figure: figure.valid_from)
    holding = {f.name: f for f in oldest_first if f.valid_on(day)}
    usual = [f.name for f in catalogue.figures if f.name in holding]
    every = holding | {f"{f.name}@{f.valid_from}": f for f in catalogue.figures}
    for name in names:
        if name not in every:
            raise UnknownKpiError(_unknown(catalogue, name, day))
    return [Chosen(name, every[name]) for name in dict.fromkeys(names or usual)]


def splits(catalogue: Catalogue, figure: Kpi | Stock, by: By | None, hours: bool = False) -> bool:
    """Whether a figure can be split so; `hours`: over a period of hours.

    A dimension needs to be one of all its entities. By hour or over hours, a KPI with a cohort cannot: the
    hourly counts have no cohorts, and no dimensions.
    """
    measures = [catalogue.measures[term.measure] for term in figure.terms]
    if hours and isinstance(figure, Kpi) and ((by is not None and by.is_dimension) or _cohort(measures)):
        return False
    if by is not None and by.is_dimension:
        return all(by.value in measure.of.dimensions for measure in measures)
    return by is not By.HOUR or isinstance(figure, Stock) or not _cohort(measures)


def left_out(
    catalogue: Catalogue, names: Sequence[str], day: date, by: By | None, hours: bool = False
) -> list[str]:
    """Of the figures asked for by name, those that cannot be split so; raises UnknownKpiError."""
    chosen = choose(catalogue, names, day) if names else []
    return [c.name for c in chosen if not splits(catalogue, c.figure, by, hours)]


def _cohort(measures: Iterable[Measure]) -> bool:
    return any(measure.cohort for measure in measures)


def _unknown(catalogue: Catalogue, name: str, day: date) -> str:
    versions = [f for f in catalogue.figures if f.name == name]
    if versions:
        listed = ", ".join(f"{name}@{f.valid_from}" for f in versions)
        return f"`{name}` does not hold on {day}; its versions: {listed}"
    near = get_close_matches(name, {f.name for f in catalogue.figures}, 3)
    hint = f"did you mean {', '.join(near)}?" if near else "without a name all are shown"
    return f"unknown KPI `{name}`; {hint}"
