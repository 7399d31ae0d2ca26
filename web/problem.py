"""Problem details (RFC 9457): every answer that is an error, in Vietnamese and English.

    {"type": "/problems/rate-limited", "title": "...", "status": 429, "detail": "...", "request_id": "..."}

`type` is served, too: it says both languages at once. No problem repeats anything that a client sent.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.request_id import current
from web.words import Words, language

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the end of its `type`, its status, its title."""

    code: str
    status: int
    title: Words


class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """What a request ends with. detail: what to do about it. members: more fields of the answer."""

    def __init__(
        self,
        kind: Kind,
        detail: Words | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(kind.code)
        self.kind, self.detail = kind, detail
        self.headers, self.members = dict(headers or {}), members


KINDS = {
    kind.code: kind
    for kind in (
        Kind("bad-request", 400, Words("Yêu cầu không đọc được", "The request cannot be read")),
        Kind("unauthorized", 401, Words("Thiếu khoá API hợp lệ", "A valid API key is missing")),
        Kind(
            "forbidden",
            403,
            Words("Khoá API không được phép làm việc này", "The API key does not allow this"),
        ),
        Kind("not-found", 404, Words("Không có địa chỉ này", "There is nothing at this address")),
        Kind(
            "method-not-allowed", 405, Words("Phương thức không được hỗ trợ", "This method is not supported")
        ),
        Kind("too-large", 413, Words("Nội dung quá lớn", "The content is too large")),
        Kind(
            "unsupported-media-type", 415, Words("Kiểu nội dung không được hỗ trợ", "Unsupported media type")
        ),
        Kind("refused", 422, Words("Dữ liệu bị từ chối", "The data was refused")),
        Kind("rate-limited", 429, Words("Gửi quá nhanh", "Too many requests")),
        Kind("internal-error", 500, Words("Lỗi hệ thống", "Internal error")),
        Kind("unavailable", 503, Words("Hệ thống tạm thời chưa nhận được", "Temporarily unavailable")),
    )
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "format": "uuid"},
    },
    "required": ["type", "title", "status", "request_id"],
}
"""A problem as JSON Schema, for OpenAPI."""
_BY_STATUS = {kind.status: kind for kind in KINDS.values()}


def problem(
    code: str, vi: str = "", en: str = "", *, headers: Mapping[str, str] | None = None, **members: Any
) -> Problem:
    """Make a problem of one of `KINDS`, to be raised."""
    return Problem(KINDS[code], Words(vi, en) if vi else None, headers=headers, **members)


def answer(request: Request, found: Problem) -> Response:
    """The problem as a response, in the language that the client prefers."""
    wanted = language(request.headers.get("accept-language", ""))
    body: dict[str, Any] = {
        "type": f"/problems/{found.kind.code}",
        "title": found.kind.title.said(wanted),
        "status": found.kind.status,
        **({"detail": found.detail.said(wanted)} if found.detail else {}),
        "request_id": current(),
        **found.members,
    }
    headers = {"Content-Language": wanted or "vi, en", "Vary": "Accept-Language", **found.headers}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, found.kind.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of an application a problem, and serve the kinds of problems."""

    def raised(request: Request, error: Exception) -> Response:
        return answer(request, error if isinstance(error, Problem) else _of(error))

    for kind in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, raised)
    app.add_middleware(Unforeseen)
    app.add_api_route("/problems/{code}", _explained, name="problem", summary="What a kind of problem means")


def _of(error: Exception) -> Problem:
    if isinstance(error, RequestValidationError):
        places = [".".join(map(str, item["loc"])) for item in error.errors()]
        return problem("bad-request", "Tham số không hợp lệ.", "A parameter is not valid.", parameters=places)
    if isinstance(error, HTTPException):
        kind = _BY_STATUS.get(error.status_code, KINDS["bad-request"])
        return Problem(kind, headers=error.headers)
    raise error


class Unforeseen:
    """Answers 500 for what nobody foresaw. Only its place is logged: its message may hold what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:  # nobody is left to be answered
            return
        except Exception as error:
            log.error("request %s failed: %s at %s", current(), type(error).__name__, _where(error))
            if not begun and scope["type"] == "http":
                await answer(Request(scope), problem("internal-error"))(scope, receive, send)


def _where(error: BaseException) -> str:
    trace, place = error.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _explained(code: str) -> dict[str, Any]:
    kind = KINDS.get(code)
    if kind is None:
        raise problem("not-found")
    return {"type": f"/problems/{code}", "status": kind.status, "vi": kind.title.vi, "en": kind.title.en}
