"""The public keys of an identity provider: fetched when needed, kept for minutes, changed as it changes them.

A key that is not known is looked for again, but not more often than every few seconds, whether or not the
provider answers: whoever sends tokens with made-up key ids makes nobody wait for each of them.
"""

import logging
import threading
import time
from collections.abc import Callable

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKSetError

from web.discovery import (
    LIFE_SECONDS,
    MOST_BYTES,
    PAUSE_SECONDS,
    TIMEOUT_SECONDS,
    away,
    checked,
    discovered,
)
from web.fetched import fetched

log = logging.getLogger(__name__)

PUBLIC = ("RSA", "EC", "OKP")
"""Key types with a public half: a shared secret has no place in a public list."""


class Jwks:
    """The keys of one issuer, by their ids; may be asked from any thread, blocks while it fetches."""

    def __init__(self, issuer: str, address: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """address: of the keys; '': the issuer's discovery document names it. Raises AddressError."""
        self._issuer, self._address, self._clock = issuer, address, clock
        for each in (issuer, address) if address else (issuer,):
            checked(each)
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
                raise away()
            return self._keys.get(key_id)

    def _fetch(self) -> None:
        """Keys that are known stay in use while the provider cannot be reached."""
        self._fetched = self._clock()
        try:
            found = PyJWKSet.from_dict(
                fetched(self._address or self._discovered(), dict, TIMEOUT_SECONDS, MOST_BYTES)
            ).keys
        except (OSError, ValueError, KeyError, AttributeError, PyJWKSetError) as error:
            log.error("the keys of %s cannot be read: %s", self._issuer, error)
            return
        self._keys = {
            str(key.key_id): key
            for key in found
            if key.key_id and key.key_type in PUBLIC and key.public_key_use in (None, "sig")
        }

    def _discovered(self) -> str:
        return checked(str(discovered(self._issuer)["jwks_uri"]))
