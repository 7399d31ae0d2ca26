"""The route about alerts, `/v1/alerts`: what an Alertmanager says is wrong now, within the client's scope.

The rules are Prometheus's (deploy/prometheus); without the address of an Alertmanager nobody watches them,
and the answer says so instead of an empty list that would look like good news.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from serving.api import sending
from serving.api.desk import Desk
from serving.api.shapes.alerts import AlertPage
from serving.api.within import may_see
from serving.period import day_of
from web.fetched import fetched
from web.principal import EVERYTHING
from web.problem import problem

PATH = "/api/v2/alerts?active=true&silenced=false&inhibited=false"
KEPT_SECONDS = 5.0
TIMEOUT_SECONDS = 3.0
MOST_BYTES = 8 << 20
SEVERITIES = ("critical", "warning", "info")


class Alertmanager:
    """Asked at most every few seconds, however many ask us. From any thread; blocks."""

    def __init__(self, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._address, self._clock = address.rstrip("/"), clock
        self._lock = threading.Lock()
        self._known: list[dict[str, Any]] | None = None
        self._asked_at: float | None = None

    def alerts(self) -> list[dict[str, Any]]:
        """The rows, the gravest first. Raises Problem 503."""
        with self._lock:
            if self._asked_at is None or self._clock() - self._asked_at > KEPT_SECONDS:
                self._asked_at, self._known = self._clock(), None
                self._known = sorted(map(_row, self._asked()), key=_order)
            if self._known is None:  # it has just not answered; who asks now need not wait for that again
                raise _away()
            return self._known

    def _asked(self) -> list[dict[str, Any]]:
        try:
            return fetched(self._address + PATH, list, TIMEOUT_SECONDS, MOST_BYTES)
        except (OSError, ValueError) as error:
            raise _away() from error


class Alerts:
    """The route. alertmanager: None where there is none."""

    def __init__(self, desk: Desk, alertmanager: Alertmanager | None) -> None:
        self._desk, self._sight, self._alertmanager = desk, desk.sight, alertmanager

    def add_to(self, router: APIRouter) -> None:
        """Put the route on a router."""
        sending.add(router, self.alerts, AlertPage, "What is wrong now, as the Alertmanager says")

    def alerts(self, request: Request) -> Response:
        """Alerts of an agency for who may see it; those without an agency for who may see all."""
        visit = self._desk.admit(request)
        tree, today = self._sight.reader.reference().tree, day_of(self._sight.clock())
        everything = EVERYTHING in visit.principal.agencies
        rows = [
            row
            for row in (self._alertmanager.alerts() if self._alertmanager else ())
            if everything or (row["agency"] and may_see(visit.principal, row["agency"], tree, today))
        ]
        watched = {"watched": self._alertmanager is not None}
        return sending.of_now(sending.sent(request, visit.tag, rows, watched, ""))


def _row(alert: dict[str, Any]) -> dict[str, Any]:
    labels, texts = alert.get("labels", {}), alert.get("annotations", {})
    return {
        "name": labels.get("alertname", ""),
        "severity": labels.get("severity", ""),
        "agency": labels.get("agency", ""),
        "since": alert.get("startsAt", ""),
        "summary": texts.get("summary", ""),
        "description": texts.get("description", ""),
    }


def _order(row: dict[str, Any]) -> tuple[int, str, str, str]:
    grave = row["severity"]
    place = SEVERITIES.index(grave) if grave in SEVERITIES else len(SEVERITIES)
    return place, row["since"], row["name"], row["agency"]


def _away() -> Exception:
    return problem(
        "unavailable",
        "Alertmanager chưa trả lời được. Hãy hỏi lại sau giây lát.",
        "The Alertmanager cannot answer now. Ask again in a moment.",
        headers={"Retry-After": "5"},
    )
