"""The parameters that questions about figures share, and what they come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from schemas.catalogue import AnyFigure
from schemas.reference.tables import Reference
from schemas.selection import By, Only, Scope, Tree
from serving import span
from serving.answer import Asked
from serving.api.reader import Sight
from serving.api.within import scoped
from serving.behind import Behind, NothingBehindError, behind
from serving.explanation import only_figure, question_of
from serving.figures import UnknownKpiError
from serving.period import PeriodError, day_of
from serving.span import Span, Window
from serving.which import Which
from web.principal import Principal
from web.problem import Problem, problem


def _text(about: str, example: str) -> Any:
    return Query(max_length=200, description=about, examples=[example])


Named = Annotated[str | None, _text("2022, 2022-H1, 2022-Q3, 2022-07; with -admin 15th to 14th.", "2022-Q3")]
Ending = Annotated[Window | None, Query(description="A window that ends now.", examples=["month"])]
Whose = Annotated[str | None, _text("An agency with all below it; default: all of the key's.", "H51.18")]
Alone = Annotated[bool, Query(description="Without the agencies below it.", examples=[False])]
Trees = Annotated[
    Tree, Query(description="Agencies as they were then, or as they are now.", examples=["then"])
]


@dataclass(frozen=True)
class Over:
    """Over which time, whose, and of what: query parameters.

    One of: `from` with `to` (dates, end exclusive), `period`, `window`.
    """

    start: Annotated[
        str | None, Query(alias="from", max_length=200, description="First day.", examples=["2022-07-01"])
    ] = None
    to: Annotated[str | None, _text("Day after the last one.", "2022-10-01")] = None
    period: Named = None
    window: Ending = None
    agency: Whose = None
    self_only: Alone = False
    tree: Trees = Tree.THEN
    procedure: Annotated[str | None, _text("Of one procedure alone.", "1.004946")] = None
    field: Annotated[str | None, _text("Of one field alone.", "G03-GD10")] = None
    kind: Annotated[str | None, _text("Of one kind of documents or tasks alone.", "report")] = None

    def span(self, sight: Sight, now: datetime) -> Span:
        """The period asked for; without any the running month. Raises Problem 400."""
        if not any((self.start, self.to, self.period, self.window)):
            return span.ending_now(Window.MONTH, now)
        try:
            return span.asked(self.start, self.to, self.period, self.window, now, sight.first_day)
        except PeriodError as error:
            raise unreadable(str(error)) from None

    def scope(self, principal: Principal, reference: Reference, now: datetime) -> Scope:
        """The scope asked for, within that of the client. Raises Problem."""
        agency = scoped(principal, self.agency, reference.tree, day_of(now))
        return Scope(agency, self.self_only, self.tree, only=self.only)

    @property
    def only(self) -> Only:
        """The codes that it is about, by dimension."""
        codes = {By.PROCEDURE: self.procedure, By.FIELD: self.field, By.KIND: self.kind}
        return tuple((by, code) for by, code in codes.items() if code)


def asked(
    over: Over, sight: Sight, principal: Principal, names: tuple[str, ...], by: By | None = None
) -> Asked:
    """The question for the figures of these names. Raises Problem."""
    now = sight.clock()
    found = Asked(over.span(sight, now), now, over.scope(principal, sight.reader.reference(), now), by, names)
    try:
        found.chosen(sight.catalogue)
    except UnknownKpiError as error:
        raise unreadable(str(error)) from None
    return found


def figure_of(sight: Sight, found: Asked) -> AnyFigure:
    """The one figure that the question is about. Raises Problem 400."""
    try:
        return only_figure(sight.catalogue, found)
    except UnknownKpiError as error:
        raise unreadable(str(error)) from None


def behind_of(sight: Sight, found: Asked, which: Which) -> Behind:
    """What stands behind the figure. Raises Problem 400."""
    try:
        return behind(sight.catalogue, figure_of(sight, found), question_of(found), which)
    except NothingBehindError as error:
        raise unreadable(str(error)) from None


def unreadable(message: str) -> Problem:
    """A parameter that cannot be read; the message says how to mend it."""
    return problem("bad-request", f"Tham số không hợp lệ: {message}", f"A parameter is not valid: {message}")
