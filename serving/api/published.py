"""The route about what was shown on a day: `/v1/kpis/as-published`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from serving.api import sending
from serving.api.asking import Whose, unreadable
from serving.api.desk import Desk
from serving.api.figures import Names
from serving.api.shapes.published import PublishedPage
from serving.api.within import scoped
from serving.figures import UnknownKpiError
from serving.period import day_of
from serving.published import NotKeptError, published
from web.problem import problem

Day = Annotated[date, Query(description="The day at whose end it was shown.", examples=["2022-09-30"])]


class Published:
    """The route."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sight = desk, desk.sight

    def add_to(self, router: APIRouter) -> None:
        """Put the route on a router."""
        summary = "What the board showed on a day, what it would show now, and what has changed since"
        sending.add(router, self.as_published, PublishedPage, summary, "/kpis/as-published")

    def as_published(self, request: Request, day: Day, kpi: Names = None, agency: Whose = None) -> Response:
        """The month up to the day, as kept when it had ended. With `kpi` also the events that came since."""
        visit = self._desk.admit(request)
        if visit.ready:
            return visit.ready
        reader = self._sight.reader
        whose = scoped(visit.principal, agency, reader.reference().tree, day_of(self._sight.clock()))
        try:
            of, rows = published(
                self._sight.catalogue, reader.counts(), reader.digests(), day, whose or "", tuple(kpi or ())
            )
        except NotKeptError as error:
            raise problem("not-found", f"Ngày này không được lưu: {error}", f"{error}") from None
        except UnknownKpiError as error:
            raise unreadable(str(error)) from None
        more = {"day": day, "taken_at": of.taken_at, "agency": whose}
        return sending.sent(request, visit.tag, [row.as_dict() for row in rows], more, "")
