"""What an answer takes from the reference data: its targets, and the agency that another is added up to."""

from schemas.catalogue import Catalogue
from schemas.reference.tables import Reference
from schemas.reference.target import Targets as Held
from schemas.selection import Tree
from serving.answer import Asked
from serving.compare import Above, Targets
from serving.period import day_of


def targets_of(reference: Reference, catalogue: Catalogue) -> Targets | None:
    """The targets given to agencies; None where there are none: then the catalogue's."""
    if not reference.targets:
        return None
    held = Held(reference.targets, reference.tree, catalogue)
    return lambda row: held.target(row.kpi.partition("@")[0], row.agency or "", row.period.last_day)


def above_of(reference: Reference, depth: int, question: Asked) -> Above:
    """The agency so many levels down, by the tree of the span's last day, or of the day of asking."""
    tree = reference.tree
    day = day_of(question.now) if question.scope.tree is Tree.NOW else question.span.period.last_day
    return lambda code: tree.above(code, depth, day)
