"""What an identity provider says of itself (OpenID Connect Discovery 1.0): where it is asked for what."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from web.fetched import fetched
from web.problem import Problem, problem

log = logging.getLogger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
LIFE_SECONDS = 300.0
PAUSE_SECONDS = 10.0
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 1 << 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class AddressError(ValueError):
    """An address that must not be asked; the message says why."""


def checked(address: str) -> str:
    """The address, if it is asked by https or lies on this machine; raises AddressError."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise AddressError(f"`{address}`: an identity provider, and who signs in, is spoken to by https")
    return address


def discovered(issuer: str) -> dict[str, Any]:
    """The discovery document of an issuer. Blocks; raises OSError, ValueError, KeyError."""
    document = fetched(issuer.rstrip("/") + DISCOVERY, dict, TIMEOUT_SECONDS, MOST_BYTES)
    if document["issuer"] != issuer:
        raise ValueError(f"its discovery document is that of {document['issuer']}")
    return document


def away() -> Problem:
    """The provider does not answer."""
    return problem(
        "unavailable",
        "Chưa hỏi được hệ thống đăng nhập. Hãy thử lại sau giây lát.",
        "The identity provider cannot be reached. Try again in a moment.",
        headers={"Retry-After": f"{PAUSE_SECONDS:.0f}"},
    )


class Discovery:
    """The document of one issuer, kept for minutes; may be asked from any thread, blocks while it fetches."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises AddressError."""
        self._issuer, self._clock = checked(issuer), clock
        self._document: dict[str, Any] | None = None
        self._until = float("-inf")
        self._lock = threading.Lock()

    def address(self, name: str) -> str:
        """Where to ask for what, '' if the provider does not have it. Raises Problem 503."""
        with self._lock:
            if self._clock() > self._until:
                self._fetch()
            if self._document is None:
                raise away()
            found = str(self._document.get(name, ""))
        try:
            return found and checked(found)
        except AddressError as error:
            log.error("%s of %s: %s", name, self._issuer, error)
            raise away() from None

    def _fetch(self) -> None:
        """What is known stays in use while the provider cannot be reached."""
        try:
            self._document = discovered(self._issuer)
            self._until = self._clock() + LIFE_SECONDS
        except (OSError, ValueError, KeyError) as error:
            log.error("the discovery document of %s cannot be read: %s", self._issuer, error)
            self._until = self._clock() + PAUSE_SECONDS
