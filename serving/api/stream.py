"""Server-sent events: what changes is asked once for all listeners, whoever and however many they are.

A message has the headline figures and the newest events of a scope, without their keys.

One task looks whether anything has changed; if so it asks for the headline figures, once per agency scope
that somebody listens for, and hands every listener of that scope the same bytes.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from schemas.selection import Scope
from serving.answer import Asked
from serving.api.asking import Whose
from serving.api.desk import Desk
from serving.api.within import below, scoped
from serving.period import day_of
from serving.span import Window, ending_now
from web.ending import Ending
from web.problem import Problem

log = logging.getLogger(__name__)

HEADLINES = (
    *("document_signed_rate", "online_dossier_rate", "full_process_dossier_rate", "online_payment_rate"),
    *("on_time_rate", "dossiers_pending", "dossiers_overdue", "dossiers_due_24h"),
)
RECENT = timedelta(days=2)
SHOWN, LOOKED_AT = 12, 200
"""Newest events in a message, and of how many those of an agency are chosen."""
LOOK_SECONDS = 0.5
ALIVE_SECONDS = 15.0
WAITING = 4
"""Messages that wait for a slow listener; it then loses the oldest, which newer ones replace anyway."""
LINES = {
    "type": "string",
    "examples": [
        'event: figures\ndata: {"at": "2022-10-20T09:00:00+07:00", "agency": null, "rows": [], "events": []}'
        "\n\n"
    ],
}
END = b""
"""The message after which a stream ends."""


class Stream:
    """The route `/v1/stream` and the task behind it."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._sight = desk, desk.sight
        self._listeners: dict[str | None, set[asyncio.Queue[bytes]]] = {}
        self._last: dict[str | None, bytes] = {}
        self._moment, self._ended = "", False
        self._asking = asyncio.Lock()

    def add_to(self, router: APIRouter) -> None:
        """Put the route on a router."""
        router.add_api_route(
            "/stream",
            self.listen,
            operation_id="stream",
            summary="The headline figures of the running month, each time that they change (SSE)",
            responses={200: {"content": {"text/event-stream": {"schema": LINES}}}},
            response_class=StreamingResponse,
            response_model=None,
        )

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Look for changes as long as the application runs; streams end when the server is about to stop."""
        task = asyncio.create_task(self._watch())
        try:
            with Ending.of(app).told(self._end):
                yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def listen(self, request: Request, agency: Whose = None) -> StreamingResponse:
        """Events `figures`: `rows` as of `/v1/kpis`, newest `events`. Comments keep the connection alive."""
        scope = await run_in_threadpool(self._scope, request, agency)
        await self._newest(scope)  # a store that is away is a problem before the stream begins
        return StreamingResponse(
            self._messages(scope, request, agency),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    def _scope(self, request: Request, agency: str | None) -> str | None:
        visit = self._desk.admit(request)
        tree = self._sight.reader.reference().tree
        return scoped(visit.principal, agency, tree, day_of(self._sight.clock()))

    async def _may_still(self, scope: str | None, request: Request, agency: str | None) -> bool:
        """Whether who was let in would be let in now: keys are revoked, tokens and sessions end."""
        try:
            return await run_in_threadpool(self._scope, request, agency) == scope
        except Problem as found:
            return found.kind.status not in (401, 403)

    async def _messages(
        self, scope: str | None, request: Request, agency: str | None
    ) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._listeners.setdefault(scope, set()).add(queue)
        try:
            message, looked = await self._newest(scope), time.monotonic()
            while message != END and not self._ended:
                if time.monotonic() - looked >= ALIVE_SECONDS:
                    if not await self._may_still(scope, request, agency):
                        return
                    looked = time.monotonic()
                yield message
                try:
                    message = await asyncio.wait_for(queue.get(), ALIVE_SECONDS)
                except TimeoutError:
                    message = b": alive\n\n"
        finally:
            self._listeners[scope].discard(queue)
            if not self._listeners[scope]:
                del self._listeners[scope]
                self._last.pop(scope, None)

    async def _newest(self, scope: str | None) -> bytes:
        """What a new listener hears first; many who come at once ask once."""
        async with self._asking:
            if scope not in self._last:
                if not self._last:
                    self._moment = await run_in_threadpool(self._sight.reader.moment)
                self._last[scope] = await run_in_threadpool(self._figures, scope)
            return self._last[scope]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._last:
                try:
                    async with self._asking:
                        await self._look()
                except Problem as error:
                    log.warning("cannot look for changes now: %s", error)

    async def _look(self) -> None:
        moment = await run_in_threadpool(self._sight.reader.moment)
        if moment == self._moment:
            return
        for scope in list(self._listeners):
            message = await run_in_threadpool(self._figures, scope)
            self._last[scope] = message
            self._tell(scope, message)
        self._moment = moment

    def _tell(self, scope: str | None, message: bytes) -> None:
        for queue in self._listeners.get(scope, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(message)

    def _end(self) -> None:
        self._ended = True
        for scope in self._listeners:
            self._tell(scope, END)

    def _latest(self, agency: str | None, now: datetime) -> list[dict[str, Any]]:
        """The newest events of a scope; of an agency, those among the newest of all."""
        reader = self._sight.reader
        if agency is None:
            return reader.latest(now - RECENT, now, SHOWN)
        found, tree = reader.latest(now - RECENT, now, LOOKED_AT), reader.reference().tree
        return [row for row in found if below(row["agency"], agency, tree, day_of(now))][:SHOWN]

    def _figures(self, agency: str | None) -> bytes:
        now = self._sight.clock()
        question = Asked(ending_now(Window.MONTH, now), now, Scope(agency), None, HEADLINES)
        rows = question.rows(self._sight.catalogue, self._sight.reader.counts())
        body: Mapping[str, Any] = {
            "at": now,
            "agency": agency,
            "rows": [row.as_dict() for row in rows],
            "events": self._latest(agency, now),
        }
        return f"event: figures\ndata: {json.dumps(jsonable_encoder(body), ensure_ascii=False)}\n\n".encode()
