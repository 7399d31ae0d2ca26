"""The catalogue: measures, KPIs and stocks as data, in TOML files, without code.

The built-in file is `catalogue.toml` beside this module; a province's own file replaces entries of the same
name (and `valid_from`) and adds others. Everything is checked when loaded; a mistake names file and line.
"""

import hashlib
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.column import Kind
from schemas.contract import ENTITIES
from schemas.entity import Entity
from schemas.expression import ExpressionError, check

BUILT_IN = Path(__file__).with_name("catalogue.toml")
STRICT = ConfigDict(extra="forbid", frozen=True)
Name = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")


class CatalogueError(ValueError):
    """A mistake in a catalogue file; the message names file, line and mend."""


class Measure(BaseModel):
    """A count (or a sum) over the states of one entity, in the bucket of one of its times.

    at: the time column whose hour and day the state is counted in. where: the condition.
    sum: an integer column to add up instead of counting. cohort: a second time column whose day is kept
    beside the bucket, so that a KPI can choose the states by it. elapsed: counted only once the day of `at`
    is over, because `at` may lie in the future.
    """

    model_config = STRICT

    name: str = Name
    entity: str
    at: str
    where: str
    sum: str | None = None
    cohort: str | None = None
    elapsed: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.entity not in ENTITIES:
            raise ValueError(f"unknown entity `{self.entity}`; there are: {', '.join(ENTITIES)}")
        for name, kind in ((self.at, Kind.TIME), (self.cohort, Kind.TIME), (self.sum, Kind.INTEGER)):
            column = self.of.by_name.get(name or "")
            if name is not None and (column is None or column.kind is not kind):
                raise ValueError(f"`{name}` is no {kind.value} column of `{self.entity}`")
        try:
            check(self.where, self.of)
        except ExpressionError as error:
            raise ValueError(f"condition `{self.where}`: {error}") from None
        return self

    @property
    def of(self) -> Entity:
        """The entity it counts."""
        return ENTITIES[self.entity]


class Term(BaseModel):
    """A measure with its sign, as part of a numerator, a denominator or a stock."""

    model_config = STRICT

    measure: str
    sign: Literal[1, -1] = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name` or `-name`."""
        return cls(measure=text.removeprefix("-"), sign=-1 if text.startswith("-") else 1)


class Figure(BaseModel):
    """What KPIs and stocks have in common: name, texts, legal basis, direction, dates of validity."""

    model_config = STRICT

    name: str = Name
    vi: str
    en: str
    basis: str = ""
    better: Literal["higher", "lower"] = "higher"
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether this version holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Kpi(Figure):
    """A ratio of two sums of measures; without value where the denominator is 0."""

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    target: float | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All measures it needs."""
        return self.numerator + self.denominator


class Stock(Figure):
    """A number as of a moment: what flowed in before it minus what flowed out before it."""

    flows: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """All measures it needs."""
        return self.flows


class Catalogue(BaseModel):
    """All measures, KPIs and stocks."""

    model_config = STRICT

    measures: dict[str, Measure]
    kpis: tuple[Kpi, ...]
    stocks: tuple[Stock, ...]

    @cached_property
    def figures(self) -> tuple[Kpi | Stock, ...]:
        """KPIs, then stocks."""
        return self.kpis + self.stocks

    def of(self, entity: str) -> tuple[Measure, ...]:
        """The measures of one entity, in the order of the file."""
        return tuple(measure for measure in self.measures.values() if measure.entity == entity)

    def fingerprint(self, topic: str) -> str:
        """Changes when what is counted over a topic changes: then the counts need a new epoch."""
        ours = [m.model_dump_json() for m in self.measures.values() if m.of.topic == topic]
        return hashlib.sha256("\n".join(sorted(ours)).encode()).hexdigest()[:16]


def load(*files: Path) -> Catalogue:
    """Load the built-in catalogue and, on top of it, the given files; raises CatalogueError."""
    entries: dict[tuple[str, str, date], Measure | Kpi | Stock] = {}
    for path in (BUILT_IN, *files):
        entries.update(_read(path))
    measures = {e.name: e for e in entries.values() if isinstance(e, Measure)}
    figures = [e for e in entries.values() if not isinstance(e, Measure)]
    for figure in figures:
        unknown = [term.measure for term in figure.terms if term.measure not in measures]
        if unknown:
            raise CatalogueError(f"`{figure.name}` needs the unknown measure `{unknown[0]}`")
    return Catalogue(
        measures=measures,
        kpis=tuple(f for f in figures if isinstance(f, Kpi)),
        stocks=tuple(f for f in figures if isinstance(f, Stock)),
    )


SECTIONS: dict[str, type[Measure | Kpi | Stock]] = {"measure": Measure, "kpi": Kpi, "stock": Stock}


def _read(path: Path) -> dict[tuple[str, str, date], Measure | Kpi | Stock]:
    text = path.read_text(encoding="utf-8")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}") from None
    unknown = [section for section in document if section not in SECTIONS]
    if unknown:
        raise CatalogueError(f"{path}: unknown section `[[{unknown[0]}]]`; there are: {', '.join(SECTIONS)}")
    result = {}
    for section, model in SECTIONS.items():
        for number, entry in enumerate(document.get(section, [])):
            made = _entry(model, entry, f"{path}, line {_line(text, section, number)}")
            valid_from = made.valid_from if isinstance(made, Figure) else date.min
            result[section, made.name, valid_from] = made
    return result


def _entry(model: type[Measure | Kpi | Stock], entry: dict[str, Any], place: str) -> Measure | Kpi | Stock:
    for key in ("numerator", "denominator", "flows"):
        if key in entry:
            texts = [entry[key]] if isinstance(entry[key], str) else entry[key]
            entry[key] = tuple(Term.parse(text) for text in texts)
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        name = entry.get("name", "without a name")
        raise CatalogueError(f"{place}: `{name}`: {field}: {first['msg']}".replace(": :", ":")) from None


def _line(text: str, section: str, number: int) -> int:
    heads = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{section}]]"]
    return heads[number] if number < len(heads) else 1
