"""Routes about why a number is what it is: its rule, the entities behind it, and what happened to them."""

import json
import logging
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from schemas.contract import ENTITIES
from serving.answer import Asked
from serving.api import catalogue as shown
from serving.api import sending
from serving.api.asking import asked, behind_of, unreadable
from serving.api.desk import Cursor, Desk, Limit
from serving.api.figures import Asking, Name
from serving.api.shapes.evidence import DossierPage, ExplanationPage, HistoryPage
from serving.api.within import may_see
from serving.explanation import explained
from serving.figures import UnknownKpiError
from serving.period import day_of
from serving.which import Which
from web.principal import Role
from web.problem import Problem, problem
from web.request_id import current

audit = logging.getLogger("reform_pulse.audit")
EXAMPLES = 5
Side = Annotated[
    Which, Query(description="Counted above the line, below it, or missing above.", examples=["missing"])
]
Key = Annotated[str, Query(max_length=200, description="The entity's key.", examples=["H51.18-220707-0010"])]
Entity = Annotated[
    str, Query(pattern=f"^({'|'.join(ENTITIES)})$", description="What it is.", examples=["dossier"])
]


class Evidence:
    """The routes. Who looks at lists of entities is written to the log `reform_pulse.audit`."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sight = desk, desk.sight

    def add_to(self, router: APIRouter) -> None:
        """Put the routes on a router."""
        for route, shape, summary in (
            (self.explain, ExplanationPage, "Why a number is what it is: its rule, its measures, examples"),
            (self.dossiers, DossierPage, "The entities behind a number: keys, codes and times"),
            (self.history, HistoryPage, "What has happened to one entity"),
        ):
            sending.add(router, route, shape, summary)

    def explain(self, request: Request, over: Asking, kpi: Name) -> Response:
        """The figure's rule, the sum of each measure in it, and for operators some entities of each side."""
        visit = self._desk.admit(request)
        if visit.ready:
            return visit.ready
        found = asked(over, self._sight, visit.principal, (kpi,))
        try:
            told = explained(self._sight.catalogue, self._sight.reader.counts(), found)
        except UnknownKpiError as error:
            raise unreadable(str(error)) from None
        examples = self._examples(found) if visit.principal.has(Role.OPERATOR) else {}
        more = {
            "figure": shown.figure(self._sight.catalogue, told.figure),
            "from": found.span.period.bounds[0],
            "to": found.span.period.bounds[1],
            "agency": found.scope.agency,
            "as_of": found.span.period.as_of(found.now),
            "measures": [measure.as_dict() for measure in told.measures],
            "examples": examples,
            "counted": self._sight.reader.topics(),
        }
        return sending.sent(request, visit.tag, [told.row.as_dict()], more, "")

    def dossiers(
        self,
        request: Request,
        over: Asking,
        kpi: Name,
        which: Side = Which.NUMERATOR,
        limit: Limit = 100,
        cursor: Cursor = "",
    ) -> Response:
        """The entities (dossiers, documents, ...) behind a figure, in order of their keys; for operators."""
        visit = self._desk.admit(request, Role.OPERATOR)
        found = asked(over, self._sight, visit.principal, (kpi,))
        wanted = behind_of(self._sight, found, which)
        rows = self._sight.reader.behind(wanted, sending.opened(cursor), limit + 1)
        following = sending.closed(rows[limit - 1]["subject"]) if len(rows) > limit else ""
        audit.info(
            "%s %s %s of %s, agency %s: %d %s listed",
            *(current(), visit.principal.name, which, kpi, found.scope.agency or "all"),
            *(min(len(rows), limit), wanted.entity),
        )
        more = {"entity": wanted.entity, "which": which, "agency": found.scope.agency}
        return sending.sent(request, visit.tag, rows[:limit], more, following)

    def history(
        self,
        request: Request,
        subject: Key,
        entity: Entity = "dossier",
    ) -> Response:
        """The events of one entity in order of time, as they came; for operators."""
        visit = self._desk.admit(request, Role.OPERATOR)
        rows = self._sight.reader.history(entity, subject)
        events = [row | {"event": json.loads(row["event"])} for row in rows]
        if not events:
            raise problem("not-found", "Không có sự kiện nào mang khoá này.", "No event has this key.")
        tree, today = self._sight.reader.reference().tree, day_of(self._sight.clock())
        agencies = {each["event"].get("data", {}).get("agency") for each in events} - {None}
        if not all(may_see(visit.principal, agency, tree, today) for agency in agencies or {""}):
            raise problem("not-found", "Không có sự kiện nào mang khoá này.", "No event has this key.")
        audit.info("%s %s history of a %s", current(), visit.principal.name, entity)
        return sending.sent(request, visit.tag, events, {"entity": entity, "subject": subject}, "")

    def _examples(self, found: Asked) -> dict[str, Any]:
        examples = {}
        for which in Which:
            try:
                wanted = behind_of(self._sight, found, which)
            except Problem:
                continue  # no such side
            examples[which.value] = [
                row["subject"] for row in self._sight.reader.behind(wanted, "", EXAMPLES)
            ]
        return examples
