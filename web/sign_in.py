"""Routes by which people sign in on the board, and out again: `/session` and below.

What comes in is never an address to go to: the board is at `/`, and only the view that it had may follow.
"""

import hmac
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from web.code_flow import CodeFlow
from web.problem import Problem, problem
from web.sessions import PENDING, Sessions

BACK = "/session/callback"
FRESH = {"Cache-Control": "no-store"}
PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Đăng nhập / Sign in</title>
<h1>Chưa đăng nhập được</h1><p>{vi}<p lang="en">{en}
<p><a href="/">Về bảng / Back to the board</a></html>
"""
Given = Annotated[str, Query(max_length=4_000)]


class SignIn:
    """The routes. home: our address as browsers see it, without a slash at its end."""

    def __init__(self, flow: CodeFlow, sessions: Sessions, home: str) -> None:
        self._flow, self._sessions, self._home = flow, sessions, home

    def add_to(self, router: APIRouter) -> None:
        """Put the routes on a router."""
        for method, path, route in (
            ("GET", "/session", self.who),
            ("DELETE", "/session", self.leave),
            ("GET", "/session/sign-in", self.begin),
            ("GET", BACK, self.end),
        ):
            router.add_api_route(path, route, methods=[method], response_model=None)

    def who(self, request: Request) -> Response:
        """Who has signed in: `name` and seconds left, null for nobody."""
        person = self._sessions.person(request)
        said: dict[str, Any] = {"name": None, "left": None}
        if person:
            said = {"name": person.shown, "left": int(person.left)}
        return JSONResponse({"sign_in": True, **said}, headers=FRESH)

    def begin(self, view: Given = "") -> Response:
        """Go to the provider. view: the board's own query, to come back to."""
        address, pending = self._flow.begun(view if view.startswith("?") else "")
        answer = RedirectResponse(address, 303, FRESH)
        self._sessions.expect(answer, pending)
        return answer

    def end(
        self, request: Request, code: Given = "", state: Given = "", error: Given = "", iss: Given = ""
    ) -> Response:
        """Come back from the provider: to the board, or to a page that says why not. A sign-in ends once."""
        try:
            pending = self._sessions.pending(request)
            if pending is None or not hmac.compare_digest(pending.state.encode(), state.encode()):
                raise _not_begun_here()
            if error or not code or iss not in ("", self._flow.tokens.issuer):
                raise _denied()
            answer: Response = RedirectResponse(f"{self._home}/{pending.view}", 303, FRESH)
            self._sessions.begin(answer, self._flow.ended(code, pending))
        except Problem as found:
            answer = _page(found)
        self._sessions.end(answer, PENDING)
        return answer

    def leave(self) -> Response:
        """Sign out. `then`: where to go, to sign out at the provider too. No other site's page can ask so."""
        answer = JSONResponse({"then": self._flow.left(f"{self._home}/")}, headers=FRESH)
        self._sessions.end(answer)
        return answer


def no_sign_in() -> Response:
    """What `/session` says where nobody can sign in."""
    return JSONResponse({"sign_in": False, "name": None, "left": None}, headers=FRESH)


def _page(found: Problem) -> Response:
    said = found.detail or found.kind.title
    text = PAGE.format(vi=escape(said.vi), en=escape(said.en))
    return HTMLResponse(text, found.kind.status, FRESH | found.headers)


def _not_begun_here() -> Problem:
    return problem(
        "bad-request",
        "Trình duyệt này chưa bắt đầu lần đăng nhập đó, hoặc đã quá 10 phút. Hãy đăng nhập lại.",
        "This browser has not begun that sign-in, or more than 10 minutes ago. Sign in again.",
    )


def _denied() -> Problem:
    return problem(
        "forbidden",
        "Hệ thống đăng nhập không cho vào. Hãy đăng nhập lại, hoặc hỏi người quản trị.",
        "The identity provider does not let you in. Sign in again, or ask its administrator.",
    )
