"""A row beside the same of the period before, and beside its target; and agencies in order.

The change is this value less the one before, the gap this value less the target; both are missing where one
side has no value. `on_target` knows the KPI's direction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from serving.period import Period
from serving.row import Row

if TYPE_CHECKING:
    from schemas.catalogue import Figure

Targets = Callable[[Row], float | None]
Above = Callable[[str], str]
"""The agency that another is added up to."""
Value = float | int | None


class Against(StrEnum):
    """What a row can be compared with."""

    PREVIOUS = "previous"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Compared:
    """A row with what it is compared with; only what was asked `against` is in the public form.

    before: the row of the period before, None if there was none. higher: whether more is better.
    """

    row: Row
    against: frozenset[Against]
    before: Row | None = None
    target: float | None = None
    higher: bool = True

    @property
    def change(self) -> Value:
        """The value less the one before."""
        return _less(self.row.value, self.before.value if self.before else None)

    @property
    def gap(self) -> Value:
        """The value less the target."""
        return _less(self.row.value, self.target)

    @property
    def on_target(self) -> bool | None:
        """Whether the target is reached; None where there is none, or no value."""
        return None if self.gap is None else (self.gap >= 0 if self.higher else self.gap <= 0)

    def as_dict(self) -> dict[str, Any]:
        """The row's public form with the columns asked for."""
        more: dict[str, Any] = {}
        if Against.PREVIOUS in self.against:
            old = self.before
            more = {
                "previous_numerator": old.numerator if old else None,
                "previous_denominator": old.denominator if old else None,
                "previous_value": old.value if old else None,
                "change": self.change,
            }
        if Against.TARGET in self.against:
            more |= {"target": self.target, "gap": self.gap, "on_target": self.on_target}
        return self.row.as_dict() | more


def compared(
    figures: Mapping[str, "Figure"],
    rows: Iterable[Row],
    previous: Sequence[Row],
    against: Iterable[Against],
    targets: Targets | None = None,
) -> Iterator[Compared]:
    """Put rows beside those of the previous period: same KPI, same part.

    figures: by the names that rows carry. targets: given for a row; where there is none, the catalogue's.
    Rows split by time have no counterpart, as their parts differ. A stock or amount that had no row was 0.
    """
    asked = frozenset(against)
    by_key = {(row.kpi, row.by, row.key): row for row in previous}
    for row in rows:
        figure = figures[row.kpi]
        given = targets(row) if targets else None
        old = by_key.get((row.kpi, row.by, row.key))
        if old is None and row.denominator is None and not (row.by and row.by.is_time):
            old = replace(row, numerator=0, value=0)
        yield Compared(row, asked, old, figure.target if given is None else given, figure.better == "higher")


def with_nothing_left(rows: Sequence[Row], previous: Sequence[Row], period: Period) -> list[Row]:
    """The rows, and one of 0 for each part that had a stock or amount before and has none now."""
    known = {(row.kpi, row.key) for row in rows}
    gone = [
        replace(old, period=period, numerator=0, value=0)
        for old in previous
        if old.denominator is None and old.by and not old.by.is_time and (old.kpi, old.key) not in known
    ]
    order = {kpi: number for number, kpi in enumerate(dict.fromkeys(row.kpi for row in (*rows, *gone)))}
    return sorted((*rows, *gone), key=lambda row: (order[row.kpi], row.key or "")) if gone else [*rows]


def rolled_up(rows: Iterable[Row], above: Above) -> list[Row]:
    """Rows split by agency, added up to the agencies above."""
    total: dict[str | None, Row] = {}
    for row in rows:
        key = above(row.key) if row.key else row.key
        old = total.get(key)
        total[key] = replace(row, key=key, agency=key) if old is None else _added(old, row)
    return list(total.values())


def _added(one: Row, other: Row) -> Row:
    numerator = one.numerator + other.numerator
    if one.denominator is None or other.denominator is None:
        return replace(one, numerator=numerator, value=numerator)
    denominator = one.denominator + other.denominator
    value = numerator / denominator if denominator else None
    return replace(one, numerator=numerator, denominator=denominator, value=value)


def _less(one: Value, other: Value) -> Value:
    return None if one is None or other is None else one - other
