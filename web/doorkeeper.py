"""Lets clients in by their API key, and refuses to open a door to the world without keys."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import Request
from fastapi.security import HTTPBearer

from web.key_file import KeyFile
from web.principal import ANYBODY, Principal, Role
from web.problem import Problem, problem

BEARER = HTTPBearer(
    bearerFormat="rp_<id>_<secret>", auto_error=False, description="An API key; see `keys create`."
)


class OpenDoorError(Exception):
    """An address that others can reach, and no keys."""


class Doorkeeper:
    """Knows the keys. Without a file of keys everybody may do everything."""

    def __init__(
        self, keys: KeyFile | None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._keys, self._clock = keys, clock

    def may_listen_on(self, host: str) -> None:
        """Raises OpenDoorError unless there are keys, or only this machine can reach the address."""
        if self._keys is None and not loopback(host):
            raise OpenDoorError(
                f"{host} can be reached from other machines, and there are no API keys: "
                "make some (`reform-pulse keys create`), name the file with --keys, or listen on 127.0.0.1"
            )

    def admit(self, request: Request, role: Role, token: str = "") -> Principal:
        """Who asks; raises Problem 401, or 403 for another role. token: a key from another place."""
        principal = self._known(_bearer(request) or token)
        if not principal.has(role):
            raise problem(
                "forbidden",
                f"Khoá này có vai trò “{principal.role}”; cần vai trò “{role}”.",
                f"This key has the role `{principal.role}`; it takes `{role}`.",
            )
        request.state.client = principal.name
        return principal

    def _known(self, key: str) -> Principal:
        if self._keys is None:
            return ANYBODY
        principal = self._keys.book().principal(key, self._clock()) if key else None
        if principal is None:
            raise _unauthorized(given=bool(key))
        return principal


def loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _unauthorized(*, given: bool) -> Problem:
    said = (
        ("Khoá API sai, đã hết hạn hoặc đã thu hồi.", "The API key is wrong, expired or revoked.")
        if given
        else ("Gửi khoá trong tiêu đề Authorization: Bearer.", "Send the key as Authorization: Bearer.")
    )
    error = ', error="invalid_token"' if given else ""
    return problem("unauthorized", *said, headers={"WWW-Authenticate": f'Bearer realm="reform-pulse"{error}'})
