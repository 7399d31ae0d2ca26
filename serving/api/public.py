"""The route for everybody's figures, `/v1/public/kpis`: for keys with the role `public`, and all above it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from schemas.instant import midnight
from serving.api import sending
from serving.api.asking import Whose, unreadable
from serving.api.desk import Cursor, Desk, Limit
from serving.api.shapes.public import PublicPage
from serving.api.within import may_see
from serving.figures import UnknownKpiError
from serving.period import PeriodError, calendar
from serving.public import public_rows
from web.principal import Role

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Query(pattern=MONTH, description="A month that is over.", examples=["2022-08"])]

Ratios = Annotated[
    list[str] | None,
    Query(max_length=100, description="KPIs; none: all that may be shown.", examples=[["on_time_rate"]]),
]


class Public:
    """The route. minimum: the smallest denominator that is shown."""

    def __init__(self, desk: Desk, minimum: int) -> None:
        self._desk, self._sight, self._minimum = desk, desk.sight, minimum

    def add_to(self, router: APIRouter) -> None:
        """Put the route on a router."""
        summary = "Ratios of a month by agency, small numbers hidden: what may be shown to everybody"
        sending.add(router, self.public_kpis, PublicPage, summary, "/public/kpis")

    def public_kpis(
        self,
        request: Request,
        month: Month,
        kpi: Ratios = None,
        agency: Whose = None,
        limit: Limit = 1_000,
        cursor: Cursor = "",
    ) -> Response:
        """Each agency with all below it. `suppressed`: too few, or they would tell of too few."""
        visit = self._desk.admit(request, Role.PUBLIC, self._minimum)
        if visit.ready:
            return visit.ready
        tree, now = self._sight.reader.reference().tree, self._sight.clock()
        try:
            period = calendar(month)
            if midnight(period.end) > now:
                raise PeriodError(f"the month {month} is not over")
            rows = public_rows(
                *(self._sight.catalogue, self._sight.reader.counts(), tree, period),
                *(tuple(kpi or ()), self._minimum),
            )
        except (PeriodError, UnknownKpiError) as error:
            raise unreadable(str(error)) from None
        seen = [
            row.as_dict()
            for row in rows
            if agency in (None, row.agency) and may_see(visit.principal, row.agency, tree, period.last_day)
        ]
        chosen, following = sending.page(seen, cursor, limit)
        return sending.sent(request, visit.tag, chosen, {"month": month, "minimum": self._minimum}, following)
