"""Why a number is what it is: the figure's rule, its sides, the sum of each measure in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.catalogue import AnyFigure, Catalogue, Measure
from schemas.selection import Counts
from serving.answer import Asked
from serving.figures import UnknownKpiError
from serving.period import day_of
from serving.question import Question
from serving.row import Row
from serving.side import sides
from serving.splits import splits
from serving.totals import wanted

SIDES = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Summed:
    """A measure of a side with its sign and its sum over the cells that the side reads."""

    side: str
    sign: int
    measure: Measure
    value: int

    def as_dict(self) -> dict[str, Any]:
        """Flat, for JSON."""
        return {"side": self.side, "measure": self.measure.name, "sign": self.sign, "value": self.value}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure's row and what it is made of."""

    figure: AnyFigure
    row: Row
    measures: tuple[Summed, ...]


def explained(catalogue: Catalogue, counts: Counts, asked: Asked) -> Explanation:
    """Explain the one figure that is asked for; raises UnknownKpiError for a figure made of several."""
    figure = only_figure(catalogue, asked)
    (row,) = asked.rows(catalogue, counts)
    return Explanation(figure, row, tuple(_summed(catalogue, counts, figure, question_of(asked))))


def only_figure(catalogue: Catalogue, asked: Asked) -> AnyFigure:
    """The one figure that is read from the counts; raises UnknownKpiError."""
    bases = [base for chosen in asked.chosen(catalogue) for base in chosen.bases]
    name = ", ".join(asked.names)
    if len(bases) != 1:
        raise UnknownKpiError(f"`{name}` is made of several figures; ask for one of them")
    if not splits(catalogue, bases[0], None, asked.span.period.hours is not None, asked.scope.only):
        raise UnknownKpiError(
            f"`{name}` is counted by day, not by hour, or not by this dimension: ask for more"
        )
    return bases[0]


def question_of(asked: Asked) -> Question:
    """The question without a split."""
    period = asked.span.period
    return Question(period, period.as_of(asked.now), asked.scope.seen(day_of(asked.now)), None)


def _summed(catalogue: Catalogue, counts: Counts, figure: AnyFigure, question: Question) -> Iterator[Summed]:
    cells = counts.all_sums(wanted(catalogue, [(question, sides(figure))]))
    for name, side in zip(SIDES, sides(figure), strict=False):
        for term in side.terms:
            measure = catalogue.measures[term.measure]
            keys = cells[question.cells(side, measure)].get(measure.name, {})
            yield Summed(name, term.sign, measure, sum(keys.values()))
