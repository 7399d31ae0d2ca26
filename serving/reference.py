"""What an answer takes from the reference data: its targets, and the agency that another is added up to."""

from datetime import date

from schemas.reference.tables import Reference
from schemas.reference.target import Targets as Held
from schemas.selection import By, Tree
from serving.answer import Asked
from serving.compare import Above, Targets
from serving.period import day_of
from serving.row import Row


def targets_of(reference: Reference) -> Targets:
    """The targets given to agencies, as they hold on a row's last day.

    A row about all has that of the agency at the top, where there is one only: of a province, its own.
    """
    held = Held(reference.targets, reference.tree)

    def given(row: Row) -> float | None:
        everything = row.agency is None and row.by is not By.AGENCY
        agency = _top(reference, row.last_day) if everything else row.agency or ""
        return held.given(row.kpi.partition("@")[0], agency, row.last_day)

    return given


def _top(reference: Reference, day: date) -> str:
    """The only agency without one above it on a day; '' where there are several, or none."""
    top = [row.code for row in reference.agencies if not row.parent and row.holds(day)]
    return top[0] if len(top) == 1 else ""


def above_of(reference: Reference, depth: int, question: Asked) -> Above:
    """The agency so many levels down, by the tree of the span's last day, or of the day of asking."""
    tree = reference.tree
    day = day_of(question.now) if question.scope.tree is Tree.NOW else question.span.period.last_day
    return lambda code: tree.above(code, depth, day)
