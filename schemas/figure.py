"""Figures: what is published from the counts. A ratio (KPI), a stock, an amount, a score made of KPIs.

Each carries its Vietnamese and English name, legal basis, unit, direction and dates of validity. Versions of
one name may stand side by side; on a day the newest that holds on it is used.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from schemas.measure import STRICT, MistakeError, Name, Term
from schemas.unit import Unit


def _terms(value: object) -> object:
    texts = [value] if isinstance(value, str) else value
    if isinstance(texts, list):
        return tuple(Term.parse(text) if isinstance(text, str) else text for text in texts)
    return value


Terms = Annotated[tuple[Term, ...], BeforeValidator(_terms), Field(min_length=1)]
"""One measure's name or several, each with a minus sign where it is taken away."""
Side = Literal["numerator", "denominator"]
Dimension = Literal["agency", "procedure", "field", "kind"]


class Figure(BaseModel):
    """What all figures have in common: name, texts, legal basis, unit, direction, dates of validity.

    note_vi, note_en: what a reader must know, such as what the data cannot tell. target: the value to reach.
    valid_to: exclusive.
    """

    model_config = STRICT

    name: str = Name
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)
    note_vi: str = ""
    note_en: str = ""
    basis: str = ""
    unit: Unit
    better: Literal["higher", "lower"] = "higher"
    target: float | None = None
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise MistakeError("valid_to", f"{self.valid_to} is not after valid_from {self.valid_from}")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether this version holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def version(self) -> str:
        """Names this version: `name@valid_from`."""
        return f"{self.name}@{self.valid_from}"


class Kpi(Figure):
    """A ratio of two sums of measures over a period; without value where the denominator is 0.

    at_end: the sides that are stocks, as of the period's end, instead of sums over it. distinct: count the
    different places (such as agency and procedure) whose sum is positive, instead of adding up; those of the
    numerator only among those of the denominator.
    """

    unit: Unit = Unit.PERCENT
    numerator: Terms
    denominator: Terms
    at_end: tuple[Side, ...] = ()
    distinct: tuple[Dimension, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """All measures it needs."""
        return self.numerator + self.denominator


class Stock(Figure):
    """A number as of a moment: what flowed in before it minus what flowed out before it.

    grain: to which full day or hour; by the day, the day of the moment counts as a whole. next_hours: what
    lies in so many hours from the moment on instead of all before it (by the hour).
    """

    unit: Unit = Unit.DOSSIERS
    flows: Terms
    grain: Literal["day", "hour"] = "day"
    next_hours: int = Field(0, ge=0, le=24 * 366)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All measures it needs."""
        return self.flows

    @property
    def hourly(self) -> bool:
        """Whether it needs the hourly counts, which have no dimensions but the agency."""
        return self.grain == "hour" or self.next_hours > 0


class Amount(Figure):
    """A sum of measures over a period, such as money paid in it."""

    unit: Unit = Unit.DONG
    terms: Terms


class Group(BaseModel):
    """Parts of a score that are shown together."""

    model_config = STRICT

    name: str = Name
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Score(Figure):
    """Points for several KPIs, by group and in total; which ones and how many, its parts say."""

    unit: Unit = Unit.POINTS
    groups: tuple[Group, ...] = Field(min_length=1)


class Part(Figure):
    """What one KPI gives to a score: `points` from `full_at` on, below it in proportion.

    kpi: the name of the KPI; without one there are no data, and the part has no points, got or attainable.
    when_empty: points where there was nothing to measure; without it, none, got or attainable.
    """

    unit: Unit = Unit.POINTS
    score: str
    group: str
    points: float = Field(gt=0)
    kpi: str | None = None
    full_at: float = Field(1.0, gt=0, le=1)
    when_empty: float | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _attainable(self) -> Self:
        if self.when_empty is not None and self.when_empty > self.points:
            raise MistakeError(
                "when_empty", f"{self.when_empty} is more than the part's {self.points} points"
            )
        return self
