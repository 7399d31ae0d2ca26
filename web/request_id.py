"""An id for each request, in the answer, in problems and in the log; and one line of log per request.

The line has method, route, status, time, and who asked, by the name of the key. No address, query, header or
body: none of them can carry personal data into the log.
"""

import logging
import time
import uuid
from contextvars import ContextVar

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request that is being answered, '' outside of one."""
    return _current.get()


class RequestIds:
    """Gives every request an id: the client's own, if it is a UUID, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started, status = _given(scope) or str(uuid.uuid4()), time.monotonic(), 0
        _current.set(request_id)

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, answered)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            who, milliseconds = scope.get("state", {}).get("client", "-"), (time.monotonic() - started) * 1000
            method = scope["method"] if scope["method"] in METHODS else "-"
            log.info("%s %s %s %d %.0f ms %s", request_id, method, route, status, milliseconds, who)


def _given(scope: Scope) -> str:
    """The client's id: only a UUID, for anything else could be something personal."""
    for name, value in scope["headers"]:
        if name == HEADER.lower().encode():
            try:
                return str(uuid.UUID(value.decode("ascii")))
            except ValueError:
                return ""
    return ""
