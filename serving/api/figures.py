"""Routes about figures: the catalogue, their values, rankings, the agency tree, how new it all is."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from schemas.selection import By
from serving.answer import answer
from serving.api import catalogue as shown
from serving.api import sending
from serving.api.asking import Over, asked, unreadable
from serving.api.desk import Cursor, Desk, Limit
from serving.api.shapes.background import AgencyPage, CataloguePage, FreshnessPage
from serving.api.shapes.figures import FigurePage, RankingPage
from serving.api.within import may_see
from serving.compare import Against, Compared
from serving.figures import UnknownKpiError, left_out
from serving.period import day_of
from serving.ranking import MINIMUM, Ranked
from serving.reference import above_of, targets_of
from serving.row import Row

Asking = Annotated[Over, Depends()]
Names = Annotated[
    list[str] | None,
    Query(
        max_length=100,
        description="Figures; none: all. NAME@DATE: a version.",
        examples=[["online_dossier_rate", "dossiers_overdue"]],
    ),
]
Name = Annotated[str, Query(max_length=200, description="One figure.", examples=["on_time_rate"])]
Split = Annotated[By | None, Query(description="A row per part; none: the whole.", examples=["agency"])]
Beside = Annotated[
    list[Against] | None,
    Query(description="The period before, the target, or both.", examples=[["previous", "target"]]),
]
Least = Annotated[int, Query(ge=0, description="Smallest denominator of a ranked agency.", examples=[30])]
Depth = Annotated[
    int | None, Query(ge=1, le=9, description="Add agencies up, so many levels from the top.", examples=[2])
]
Today = Annotated[date | None, Query(description="The day; default: today.", examples=["2022-10-20"])]
HEARD = timedelta(days=35)
"""Sources that have not sent for longer are not listed."""


class Figures:
    """The routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sight = desk, desk.sight

    def add_to(self, router: APIRouter) -> None:
        """Put the routes on a router."""
        for route, shape, summary in (
            (self.catalogue, CataloguePage, "All figures: names, legal basis, rules, targets, dates"),
            (self.kpis, FigurePage, "Figures of a period, in whole or split, compared"),
            (self.rankings, RankingPage, "Agencies in order of one KPI, with their movement"),
            (self.agencies, AgencyPage, "The agency tree of a day"),
            (self.freshness, FreshnessPage, "How new the numbers are, by topic and by source"),
        ):
            sending.add(router, route, shape, summary)

    def catalogue(self, request: Request) -> Response:
        """Every figure in every version; `rule` has the measures of its sides with their conditions."""
        visit = self._desk.admit(request)
        figures = [shown.figure(self._sight.catalogue, each) for each in self._sight.catalogue.figures]
        return visit.ready or sending.sent(request, visit.tag, figures, {}, "")

    def kpis(
        self,
        request: Request,
        over: Asking,
        kpi: Names = None,
        by: Split = None,
        compare: Beside = None,
        limit: Limit = 1_000,
        cursor: Cursor = "",
    ) -> Response:
        """KPI, stock, amount and score rows. A ratio over nothing has no value; stocks are as of the end."""
        with self._desk.question(request) as visit:
            if visit.ready:
                return visit.ready
            found = asked(over, self._sight, visit.principal, tuple(kpi or ()), by)
            period, against = found.span.period, compare or ()
            reference = self._sight.reader.reference()
            targets = targets_of(reference) if Against.TARGET in against else None
            counts = self._sight.reader.counts()
            rows = answer(self._sight.catalogue, counts, found, against=against, targets=targets)
            hours = period.hours is not None
            more = self._about(found.span.note, period.bounds) | {
                "as_of": period.as_of(found.now),
                "agency": found.scope.agency,
                "left_out": left_out(
                    self._sight.catalogue, found.names, period.last_day, by, hours, over.only
                ),
                "only": dict(found.scope.only),
            }
            return visit.kept(_page(request, visit.tag, rows, more, cursor, limit))

    def rankings(
        self,
        request: Request,
        over: Asking,
        kpi: Name,
        minimum: Least = MINIMUM,
        depth: Depth = None,
        limit: Limit = 1_000,
        cursor: Cursor = "",
    ) -> Response:
        """The best agency first; those with too small a denominator last, without a rank."""
        with self._desk.question(request) as visit:
            if visit.ready:
                return visit.ready
            found = asked(over, self._sight, visit.principal, (kpi,), By.AGENCY)
            reference = self._sight.reader.reference()
            try:
                rows = answer(
                    self._sight.catalogue,
                    self._sight.reader.counts(),
                    found,
                    against=(Against.PREVIOUS, Against.TARGET),
                    minimum=minimum,
                    above=above_of(reference, depth, found) if depth else None,
                    targets=targets_of(reference),
                )
            except UnknownKpiError as error:
                raise unreadable(str(error)) from None
            more = self._about(found.span.note, found.span.period.bounds) | {"minimum": minimum}
            return visit.kept(_page(request, visit.tag, rows, more, cursor, limit))

    def agencies(
        self,
        request: Request,
        on: Today = None,
        limit: Limit = 10_000,
        cursor: Cursor = "",
    ) -> Response:
        """Agencies of a day that the client may see: code, name, level, parent, dates."""
        visit = self._desk.admit(request)
        if visit.ready:
            return visit.ready
        reference, day = self._sight.reader.reference(), on or day_of(self._sight.clock())
        rows = [
            row.model_dump(mode="json")
            for row in sorted(reference.agencies, key=lambda row: row.code)
            if row.holds(day) and may_see(visit.principal, row.code, reference.tree, day)
        ]
        chosen, following = sending.page(rows, cursor, limit)
        return sending.sent(request, visit.tag, chosen, {"on": day}, following)

    def freshness(self, request: Request) -> Response:
        """When counts were last written, by topic; when sources were last heard."""
        visit = self._desk.admit(request)
        now, reader = self._sight.clock(), self._sight.reader
        more = {"now": now, "sources": reader.sources(now - HEARD)}
        return sending.of_now(sending.sent(request, visit.tag, reader.topics(), more, ""))

    def _about(self, note: str, bounds: tuple[str, str]) -> dict[str, Any]:
        return {"from": bounds[0], "to": bounds[1], "note": note}


def _page(
    request: Request,
    tag: str,
    rows: Sequence[Row | Compared | Ranked],
    more: Mapping[str, Any],
    cursor: str,
    limit: int,
) -> Response:
    chosen, following = sending.page([row.as_dict() for row in rows], cursor, limit)
    return sending.sent(request, tag, chosen, more, following)
