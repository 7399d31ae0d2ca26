"""What a browser keeps for us and must bring back as it was: signed, for one purpose, until a moment.

Signed and not kept here: so every process that has the same secret knows it, and a restart forgets nobody.
Whoever has the browser can read it.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

ALGORITHM = "HS256"
LEAST_SIGNS = 32


class SecretError(ValueError):
    """A secret that is too easy to guess; the message says so."""


class Seal:
    """Signs and checks. With the secret '' it makes one of its own."""

    def __init__(self, secret: str = "", clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Raises SecretError."""
        if secret and len(secret) < LEAST_SIGNS:
            raise SecretError(f"session_secret has {len(secret)} signs; it takes {LEAST_SIGNS} or more")
        self._secret, self._clock = secret or secrets.token_urlsafe(LEAST_SIGNS), clock

    def closed(self, purpose: str, claims: Mapping[str, Any], life: timedelta) -> str:
        """The claims as text that `opened` takes for this purpose, for so long."""
        whole = {**claims, "aud": purpose, "exp": self._clock() + life}
        return jwt.encode(whole, self._secret, ALGORITHM)

    def opened(self, purpose: str, text: str) -> Mapping[str, Any] | None:
        """The claims, with `left`, the seconds that they still hold; None: they do not."""
        options: Any = {"require": ["exp", "aud"], "verify_exp": False}  # by our clock instead
        try:
            claims = jwt.decode(text, self._secret, [ALGORITHM], options, audience=purpose)
        except PyJWTError:
            return None
        left = claims["exp"] - self._clock().timestamp()
        return {**claims, "left": left} if left > 0 else None
