"""What an answer takes from the reference data: its targets, and the agency that another is added up to."""

from schemas.reference.tables import Reference
from schemas.reference.target import Targets as Held
from schemas.selection import Tree
from serving.answer import Asked
from serving.compare import Above, Targets
from serving.period import day_of


def targets_of(reference: Reference) -> Targets:
    """The targets given to agencies, as they hold on a row's last day."""
    held = Held(reference.targets, reference.tree)
    return lambda row: held.given(row.kpi.partition("@")[0], row.agency or "", row.last_day)


def above_of(reference: Reference, depth: int, question: Asked) -> Above:
    """The agency so many levels down, by the tree of the span's last day, or of the day of asking."""
    tree = reference.tree
    day = day_of(question.now) if question.scope.tree is Tree.NOW else question.span.period.last_day
    return lambda code: tree.above(code, depth, day)
