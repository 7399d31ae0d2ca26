"""People who have signed in on the board: a session is a signed cookie, so any process of `serve` knows it.

The cookie is for this host alone, out of reach of scripts, and not sent along when another site asks. It is
good for asking only: a cookie comes without anybody's doing, so nobody sends events with one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from web.principal import Principal, Role
from web.problem import problem
from web.seal import Seal

SESSION, PENDING = "session", "sign-in"
PENDING_LIFE = timedelta(minutes=10)
MOST_BYTES = 3_800
"""Of a cookie: browsers drop one of more than 4,096 bytes without a word."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in. shown: their own name, for their own eyes. left: seconds until the session ends."""

    principal: Principal
    shown: str
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: what must come back, and the view of the board that was left for it."""

    state: str
    nonce: str
    verifier: str
    view: str


class Sessions:
    """Gives, reads and takes the cookies. secure: browsers send them over TLS alone."""

    def __init__(self, seal: Seal, life: timedelta, *, secure: bool) -> None:
        self._seal, self._life, self._secure = seal, life, secure

    def person(self, request: Request) -> Person | None:
        """Who asks, if their session holds."""
        found = self._read(request, SESSION)
        if found is None:
            return None
        principal = Principal(found["sub"], Role(found["role"]), (), tuple(found["agencies"]))
        return Person(principal, found["name"], found["left"])

    def begin(self, answer: Response, person: Person) -> None:
        """Sign somebody in. Raises Problem 403 for somebody of more agencies than a cookie holds."""
        who = person.principal
        claims = {"sub": who.name, "role": who.role, "agencies": who.agencies, "name": person.shown}
        self._give(answer, SESSION, claims, self._life)

    def pending(self, request: Request) -> Pending | None:
        """The sign-in that this browser has begun."""
        found = self._read(request, PENDING)
        if found is None:
            return None
        return Pending(found["state"], found["nonce"], found["verifier"], found["view"])

    def expect(self, answer: Response, pending: Pending) -> None:
        """Remember a sign-in in the browser that begins it: nobody else's can be ended there."""
        self._give(answer, PENDING, asdict(pending), PENDING_LIFE)

    def end(self, answer: Response, purpose: str = SESSION) -> None:
        """Take a cookie away."""
        answer.delete_cookie(self._name(purpose), secure=self._secure, httponly=True, samesite="lax")

    def _name(self, purpose: str) -> str:
        # With __Host- a browser takes it from this host over TLS alone, from no neighbour in the domain.
        return f"{'__Host-' if self._secure else ''}reform-pulse-{purpose}"

    def _read(self, request: Request, purpose: str) -> Mapping[str, Any] | None:
        return self._seal.opened(purpose, request.cookies.get(self._name(purpose), ""))

    def _give(self, answer: Response, purpose: str, claims: Mapping[str, Any], life: timedelta) -> None:
        text = self._seal.closed(purpose, claims, life)
        if len(text) > MOST_BYTES:
            raise problem(
                "forbidden",
                "Tài khoản này có quá nhiều cơ quan; hãy cấp cơ quan cấp trên của chúng.",
                "The account has too many agencies; give it those above them.",
            )
        answer.set_cookie(
            self._name(purpose),
            text,
            max_age=int(life.total_seconds()),
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
