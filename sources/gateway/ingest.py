"""`POST /v1/ingest/NAME`: a payload as a source system sends it, through the adapter of that name.

The answer is as that to a batch of events: 202 when Kafka has all that came of it, 207 when some records were
refused, with row, column and what to mend; 422 when all were.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from schemas.batch import Item
from schemas.event import read
from sources.adapter import Bound
from sources.cloudevent import to_json
from sources.converted import Converted
from sources.gateway import openapi
from sources.gateway.refused import Refused
from sources.gateway.router import Gateway
from sources.gateway.scope import held_against
from web.doorkeeper import BEARER
from web.limits import limited_body
from web.principal import Principal, Role
from web.problem import Problem, problem
from web.words import language

PATH = "/v1/ingest/{name}"

Adapters = Callable[[str], Bound | None]
"""The adapter of a name, ready; None when there is none that gives events."""


@dataclass(frozen=True)
class Ingest:
    """The route, beside that of a gateway."""

    gateway: Gateway
    adapters: Adapters

    def add_to(self, router: APIRouter) -> None:
        """Add the route."""
        router.add_api_route(
            PATH,
            self.take,
            methods=["POST"],
            name="ingest",
            summary="Send a payload of a source system, through an adapter",
            status_code=202,
            dependencies=[Security(BEARER)],
            responses=openapi.INGEST_RESPONSES,
            openapi_extra=openapi.INGEST_REQUEST,
        )

    async def take(self, request: Request, name: str) -> Response:
        """Convert and accept a payload; the answer comes when every replica of Kafka has its events.

        Sending something twice does no harm: the same payload gives the same events.
        """
        began, meter = time.monotonic(), self.gateway.meter
        try:
            response = await self._take(request, name)
        except Problem as found:
            meter.answered(found.kind.status, time.monotonic() - began)
            raise
        meter.answered(response.status_code, time.monotonic() - began)
        return response

    async def _take(self, request: Request, name: str) -> Response:
        gateway = self.gateway
        principal = gateway.doorkeeper.admit(
            request, Role.SENDER, request.query_params.get("access_token", "")
        )
        bound = self.adapters(name)
        if bound is None:
            raise problem("not-found", "Không có bộ chuyển đổi này.", "There is no such adapter.")
        gateway.rate.take(principal.name, 1)
        body, now = await limited_body(request, gateway.body), gateway.clock()
        converted = await run_in_threadpool(bound.adapt, body, now)
        gateway.rate.take(principal.name, max(0, converted.rows - 1))
        results = [_held(principal, event, now) for event in converted.events]
        wanted = language(request.headers.get("accept-language", ""))
        items = _items(converted, results, wanted)
        for item in converted.refused:
            gateway.meter.refused(principal.name, item.reason.code, 1)
        await gateway.deliver(principal, results)
        outcome = _outcome(converted, results, items)
        if items and not outcome["accepted"]:
            raise problem("refused", "Không bản ghi nào được nhận.", "No record was accepted.", **outcome)
        text = json.dumps(outcome, ensure_ascii=False)
        return Response(text, 207 if items else 202, media_type="application/json")


def _held(principal: Principal, event: dict[str, Any], now: int) -> Item | Refused:
    return held_against(principal, Item(read(event, now), to_json(event)))


def _items(converted: Converted, results: list[Item | Refused], wanted: str) -> list[dict[str, Any]]:
    """What was refused: by the adapter, and by the scope of the key."""
    items = [
        _item(each.row, each.column, each.reason.code, each.value, each.vi if wanted != "en" else each.en)
        for each in converted.refused
    ]
    rows = zip(converted.places, results, strict=True)
    return items + [
        _item(row, each.field, each.why.code, each.value, each.words.said(wanted))
        for row, each in rows
        if isinstance(each, Refused)
    ]


def _item(row: int, column: str, reason: str, value: str, detail: str) -> dict[str, Any]:
    return {"row": row, "column": column, "reason": reason, "value": value, "detail": detail}


def _outcome(
    converted: Converted, results: list[Item | Refused], items: list[Mapping[str, Any]] | Any
) -> dict[str, Any]:
    return {
        "records": converted.rows,
        "accepted": sum(isinstance(each, Item) for each in results),
        "refused": len(items),
        "items": items,
        "noticed": {name: number for name, number in converted.noticed.items() if number},
    }
