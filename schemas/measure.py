"""A measure: a count, or a sum, over the states of one entity. KPIs are made of measures.

A count is a pure function of the states (design, invariant 2): a measure says which states count, and in the
bucket of which of their times.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.column import Kind
from schemas.contract import ENTITIES
from schemas.entity import Entity
from schemas.expression import ExpressionError, check, columns_of
from schemas.suggestion import hint

STRICT = ConfigDict(extra="forbid", frozen=True)
Name = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")


class MistakeError(ValueError):
    """A wrong value of one key, found when several are looked at together."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


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

    @field_validator("entity")
    @classmethod
    def _known(cls, entity: str) -> str:
        if entity not in ENTITIES:
            raise ValueError(f"unknown entity `{entity}`; {hint(entity, ENTITIES)}")
        return entity

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for key, name, kind in (
            ("at", self.at, Kind.TIME),
            ("cohort", self.cohort, Kind.TIME),
            ("sum", self.sum, Kind.INTEGER),
        ):
            if name is not None and name not in (fitting := [c.name for c in self.of.of_kind(kind)]):
                said = f"`{name}` is no {kind.value} column of `{self.entity}`"
                raise MistakeError(key, f"{said}; {hint(name, fitting)}")
        self._check_condition()
        return self

    def _check_condition(self) -> None:
        try:
            unknown = sorted(columns_of(self.where) - set(self.of.by_name))
        except Exception:
            unknown = []  # cannot be read at all: `check` says why
        if unknown:
            said = f"`{unknown[0]}` is no column of `{self.entity}`"
            raise MistakeError("where", f"{said}; {hint(unknown[0], self.of.by_name)}")
        try:
            check(self.where, self.of)
        except ExpressionError as error:
            raise MistakeError("where", f"condition `{self.where}`: {error}") from None

    @property
    def of(self) -> Entity:
        """The entity it counts."""
        return ENTITIES[self.entity]


class Term(BaseModel):
    """A measure with its sign, as part of a numerator, a denominator, a stock or an amount."""

    model_config = STRICT

    measure: str
    sign: Literal[1, -1] = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name` or `-name`."""
        return cls(measure=text.removeprefix("-"), sign=-1 if text.startswith("-") else 1)
