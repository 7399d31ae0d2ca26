"""The public keys of an identity provider: fetched when needed, kept for minutes, changed as it changes them.

A key that is not known is looked for again, but not more often than every few seconds, whether or not the
provider answers: whoever sends tokens with made-up key ids makes nobody wait for each of them.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKSetError

from web.fetched import fetched
from web.problem import problem

log = logging.getLogger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
LIFE_SECONDS = 300.0
PAUSE_SECONDS = 10.0
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 1 << 20
PUBLIC = ("RSA", "EC", "OKP")
"""Key types with a public half: a shared secret has no place in a public list."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AddressError(ValueError):
    """An address that keys must not come from; the message says why."""


class Jwks:
    """The keys of one issuer, by their ids; may be asked from any thread, blocks while it fetches."""

    def __init__(self, issuer: str, address: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """address: of the keys; '': the issuer's discovery document names it. Raises AddressError."""
        self._issuer, self._address, self._clock = issuer, address, clock
        for each in (issuer, address) if address else (issuer,):
            _check(each)
        self._keys: dict[str, PyJWK] | None = None
        self._fetched: float | None = None
        self._lock = threading.Lock()

    def key(self, key_id: str) -> PyJWK | None:
        """The key of this id; None: the issuer has no such key. Raises Problem 503 if nobody can tell."""
        with self._lock:
            age = None if self._fetched is None else self._clock() - self._fetched
            missing = self._keys is None or key_id not in self._keys
            if age is None or age > LIFE_SECONDS or (missing and age > PAUSE_SECONDS):
                self._fetch()
            if self._keys is None:
                raise problem(
                    "unavailable",
                    "Chưa hỏi được hệ thống đăng nhập. Hãy thử lại sau giây lát.",
                    "The identity provider cannot be reached. Try again in a moment.",
                    headers={"Retry-After": f"{PAUSE_SECONDS:.0f}"},
                )
            return self._keys.get(key_id)

    def _fetch(self) -> None:
        """Keys that are known stay in use while the provider cannot be reached."""
        self._fetched = self._clock()
        try:
            found = PyJWKSet.from_dict(_read(self._address or self._discovered())).keys
        except (OSError, ValueError, KeyError, AttributeError, PyJWKSetError) as error:
            log.error("the keys of %s cannot be read: %s", self._issuer, error)
            return
        self._keys = {
            str(key.key_id): key
            for key in found
            if key.key_id and key.key_type in PUBLIC and key.public_key_use in (None, "sig")
        }

    def _discovered(self) -> str:
        document = _read(self._issuer.rstrip("/") + DISCOVERY)
        if document["issuer"] != self._issuer:
            raise ValueError(f"its discovery document is that of {document['issuer']}")
        _check(str(document["jwks_uri"]))
        return str(document["jwks_uri"])


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise AddressError(f"`{address}`: an identity provider is asked by https")


def _read(address: str) -> dict[str, Any]:
    return fetched(address, dict, TIMEOUT_SECONDS, MOST_BYTES)
