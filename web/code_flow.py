"""Signing in with an identity provider: OpenID Connect's authorization code flow, with PKCE (RFC 7636).

The provider's answer is for us alone if `state` is that of the browser that began, the code is ours if the
verifier fits the challenge, and the ID token is of this sign-in if it has the nonce. It is checked as every
token is (web.tokens), for our client id as its audience.
"""

import base64
import hashlib
import logging
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

from web.discovery import MOST_BYTES, TIMEOUT_SECONDS, Discovery, away
from web.fetched import AnsweredError, fetched
from web.problem import Problem, problem
from web.sessions import Pending, Person
from web.tokens import Tokens

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Sign-ins that wait for the provider: more would take the threads that answer everybody else."""
MOST_SHOWN = 100


@dataclass(frozen=True)
class CodeFlow:
    """Our side of it. tokens: of the same issuer, for our client as audience. secret: '' for a public client.

    back: our address that the provider sends people back to. scope: what is asked for, `openid` among it.
    """

    discovery: Discovery
    tokens: Tokens
    secret: str
    back: str
    scope: str
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def begun(self, view: str) -> tuple[str, Pending]:
        """The provider's address to go to, and what to remember meanwhile. Raises Problem 503."""
        pending = Pending(_random(), _random(), _random(), view)
        challenge = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.tokens.audience,
            "redirect_uri": self.back,
            "scope": self.scope,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return _with(self._address("authorization_endpoint"), asked), pending

    def ended(self, code: str, pending: Pending) -> Person:
        """Who has signed in. Raises Problem 401 if it does not hold, 403 without a role, 503."""
        found = self._exchanged(code, pending.verifier).get("id_token")
        claims = self.tokens.claims(found) if isinstance(found, str) else None
        if claims is None or claims.get("nonce") != pending.nonce or not self._for_us(claims):
            log.warning("a sign-in ends without an ID token that holds")
            raise _refused()
        names = (claims.get(name) for name in ("name", "preferred_username", "email", "sub"))
        shown = next(name for name in names if isinstance(name, str) and name)
        return Person(self.tokens.given(claims), shown[:MOST_SHOWN])

    def left(self, home: str) -> str:
        """Where to go to sign out there too, and to come home from; home itself if that cannot be asked."""
        try:
            there = self.discovery.address("end_session_endpoint")
        except Problem:
            there = ""
        asked = {"client_id": self.tokens.audience, "post_logout_redirect_uri": home}
        return _with(there, asked) if there else home

    def _for_us(self, claims: Any) -> bool:
        # Of several audiences we must be the one that it was given to (OIDC Core 3.1.3.7).
        ours, given = self.tokens.audience, claims.get("azp")
        return given == ours if given is not None else claims["aud"] in (ours, [ours])

    def _address(self, name: str) -> str:
        found = self.discovery.address(name)
        if not found:
            log.error("the provider has no %s", name)
            raise away()
        return found

    def _exchanged(self, code: str, verifier: str) -> dict[str, Any]:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
        }
        headers = {"Accept": "application/json"}
        if self.secret:
            pair = f"{quote_plus(self.tokens.audience)}:{quote_plus(self.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            asked["client_id"] = self.tokens.audience
        address, form = self._address("token_endpoint"), urlencode(asked).encode()
        if not self._room.acquire(blocking=False):
            raise away()
        try:
            return fetched(address, dict, TIMEOUT_SECONDS, MOST_BYTES, form, headers)
        except AnsweredError as error:
            log.warning("a sign-in ends: %s", error)
            raise (_refused() if error.status < 500 else away()) from None
        except (OSError, ValueError) as error:
            log.error("a sign-in ends: %s", error)
            raise away() from None
        finally:
            self._room.release()


def _random() -> str:
    return secrets.token_urlsafe(32)


def _with(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _refused() -> Problem:
    return problem(
        "unauthorized",
        "Lần đăng nhập này không có giá trị hoặc đã dùng rồi. Hãy đăng nhập lại.",
        "This sign-in does not hold, or was used already. Sign in again.",
    )
