"""The gateway as a part of an HTTP application: `POST /v1/events`, its handshake, and the contract."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response, Security
from starlette.concurrency import run_in_threadpool

from schemas.batch import Item
from schemas.jsonschema import all_schemas
from sources.gateway import answers, openapi
from sources.gateway.handshake import consent
from sources.gateway.meter import Meter
from sources.gateway.modes import Mode, Read, mode_of, read_request
from sources.gateway.outbox import Outbox, UnacknowledgedError
from sources.gateway.refused import Refused
from sources.gateway.scope import held_against
from web.doorkeeper import BEARER, Doorkeeper
from web.limits import RateLimit, limited_body
from web.principal import Principal, Role
from web.problem import Problem
from web.words import language

PATH = "/v1/events"


@dataclass(frozen=True)
class Gateway:
    """The gateway's settings and helpers. body: bytes of a request. origins: of web hooks, `*` for all.

    clock: microseconds since 1970 UTC.
    """

    outbox: Outbox
    doorkeeper: Doorkeeper
    rate: RateLimit
    meter: Meter
    clock: Callable[[], int]
    body: int = 4 << 20
    origins: tuple[str, ...] = ("*",)

    def router(self) -> APIRouter:
        """The part of an application; its lifespan starts and stops the outbox."""
        router = APIRouter(lifespan=self._lifespan, tags=["events"])
        router.add_api_route(
            PATH,
            self.take,
            methods=["POST"],
            name="send_events",
            summary="Send events: one (structured or binary mode), or a batch",
            status_code=202,
            dependencies=[Security(BEARER)],
            responses=openapi.RESPONSES,
            openapi_extra=openapi.REQUEST,
        )
        router.add_api_route(PATH, self.consent, methods=["OPTIONS"], **openapi.HANDSHAKE)
        router.add_api_route(
            "/v1/contract", all_schemas, name="contract", summary="The contract as JSON Schema"
        )
        return router

    async def take(self, request: Request) -> Response:
        """Accept events; the answer comes when every replica of Kafka has them.

        Sending something twice does no harm: events are told apart by `source` and `id`, and counted once.
        """
        began = time.monotonic()
        try:
            response = await self._take(request)
        except Problem as found:
            self.meter.answered(found.kind.status, time.monotonic() - began)
            raise
        self.meter.answered(response.status_code, time.monotonic() - began)
        return response

    async def consent(self, request: Request) -> Response:
        """Answer the validation request of a web hook."""
        return consent(request, self.origins, max(1, int(self.rate.per_second * 60)))

    async def _take(self, request: Request) -> Response:
        # The specification of web hooks asks for the key in the query, too; nothing here logs it.
        token = request.query_params.get("access_token", "")
        principal = self.doorkeeper.admit(request, Role.SENDER, token)
        mode = mode_of(request.headers.get("content-type", ""), request.headers.raw)
        self.rate.take(principal.name, 1)
        body = await limited_body(request, self.body)
        events = read_request(mode, request.headers.raw, body, self.clock())
        self.rate.take(principal.name, len(events) - 1)
        results = [_held(principal, event) for event in events]
        await self.deliver(principal, results)
        wanted = language(request.headers.get("accept-language", ""))
        if mode is Mode.BATCHED:
            return answers.of_batch(results, wanted)
        return answers.of_one(results[0], wanted)

    async def deliver(self, principal: Principal, results: list[Item | Refused]) -> None:
        """Put what is good into Kafka, and count the rest. Raises Problem when Kafka does not take it."""
        good = [result for result in results if isinstance(result, Item)]
        reasons = Counter(result.why.code for result in results if isinstance(result, Refused))
        for reason, number in reasons.items():
            self.meter.refused(principal.name, reason, number)
        try:
            await self.outbox.deliver(good)
        except UnacknowledgedError as error:
            raise answers.away(str(error)) from error
        if good:
            self.meter.accepted(principal.name, len(good))

    @asynccontextmanager
    async def _lifespan(self, _: Any) -> AsyncIterator[None]:
        self.outbox.start()
        try:
            yield
        finally:
            await run_in_threadpool(self.outbox.stop)


def _held(principal: Principal, event: Read) -> Item | Refused:
    return held_against(principal, event) if isinstance(event, Item) else Refused.of(event)
