"""Lets clients in by their API key, OIDC token or session, and opens no door to the world without either."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.security import HTTPBearer

from web.key_file import KeyFile
from web.principal import ANYBODY, Principal, Role
from web.problem import Problem, problem
from web.sessions import Sessions
from web.tokens import Tokens

BEARER = HTTPBearer(
    bearerFormat="rp_<id>_<secret> or JWT",
    auto_error=False,
    description="An API key (`keys create`), or an OIDC access token.",
)


JWT_DOTS = 2


class OpenDoorError(Exception):
    """An address that others can reach, and no keys."""


class Doorkeeper:
    """Knows the keys, and the issuer of tokens. With neither everybody may do everything.

    Tokens and sessions are for people who ask; whoever sends events has a key.
    """

    def __init__(
        self,
        keys: KeyFile | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        tokens: Tokens | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self._keys, self._clock, self._tokens, self.sessions = keys, clock, tokens, sessions

    def may_listen_on(self, host: str) -> None:
        """Raises OpenDoorError unless there are keys, or only this machine can reach the address."""
        if self._open and not loopback(host):
            raise OpenDoorError(
                f"{host} can be reached from other machines, and there are no API keys: "
                "make some (`reform-pulse keys create`), name the file with --keys, or listen on 127.0.0.1"
            )

    def admit(self, request: Request, role: Role, token: str = "") -> Principal:
        """Who asks; raises Problem 401, or 403 for another role. token: a key from another place.

        Blocks while an issuer's keys are fetched, but never for the role of a sender.
        """
        principal = self.known(request, role, token)
        if not principal.has(role):
            raise problem(
                "forbidden",
                f"Khoá này có vai trò “{principal.role}”; cần vai trò “{role}”.",
                f"This key has the role `{principal.role}`; it takes `{role}`.",
            )
        request.state.client = principal.name
        return principal

    def known(self, request: Request, role: Role, token: str = "") -> Principal:
        """Who asks, whether or not they have the role; raises and blocks as `admit`."""
        if self._open:
            _heed_who_is_meant(request)
            return ANYBODY
        key = _bearer(request) or token
        principal = self._keys.book().principal(key, self._clock()) if self._keys and key else None
        if principal is None and self._tokens and role is not Role.SENDER and key.count(".") == JWT_DOTS:
            principal = self._tokens.principal(key)
        if not key and self.sessions and role is not Role.SENDER:
            person = self.sessions.person(request)
            principal = person.principal if person else None
        if principal is None:
            raise _unauthorized(given=bool(key))
        return principal

    @property
    def _open(self) -> bool:
        return self._keys is None and self._tokens is None


def loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _heed_who_is_meant(request: Request) -> None:
    """Without keys: not for a proxy that others come through, nor for other sites' pages in a browser here.

    A page elsewhere may reach us by a name of its own (DNS rebinding), or send without asking first.
    """
    host, origin = request.headers.get("host", "localhost"), request.headers.get("origin", "//localhost")
    if not all(_names_this_machine(each) for each in (f"//{host}", origin)):
        raise problem(
            "forbidden",
            "Chưa có khoá API nên chỉ nhận yêu cầu gửi thẳng tới 127.0.0.1 hoặc localhost từ chính máy này.",
            "Without API keys only 127.0.0.1 and localhost are answered for; make keys (`keys create`).",
        )


def _names_this_machine(address: str) -> bool:
    try:
        return loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _unauthorized(*, given: bool) -> Problem:
    said = (
        (
            "Khoá API hoặc thẻ đăng nhập sai, đã hết hạn hoặc đã thu hồi.",
            "The API key or token is wrong, expired or revoked.",
        )
        if given
        else ("Gửi khoá trong tiêu đề Authorization: Bearer.", "Send the key as Authorization: Bearer.")
    )
    error = ', error="invalid_token"' if given else ""
    return problem("unauthorized", *said, headers={"WWW-Authenticate": f'Bearer realm="reform-pulse"{error}'})
