"""JSON that another service answers with: within a time and a size, and of the kind that was expected."""

import json
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import TypeVar
from urllib.error import HTTPError

T = TypeVar("T")


class AnsweredError(OSError):
    """An answer that is an error; status: of HTTP."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(f"{address} answers {status}")
        self.status = status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: neither secrets nor trust in an address are for where its answer points."""

    def redirect_request(self, *_: object) -> None:
        """None: the redirection is the answer."""


_OPENER = urllib.request.build_opener(_Stay)


def fetched(
    address: str,
    kind: type[T],
    seconds: float,
    most: int,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> T:
    """What a GET of an address from the settings answers, with a `form` a POST; most: bytes. Blocks.

    Raises OSError when there is no good answer (AnsweredError: a bad one), ValueError when it is too long or
    no JSON of this kind.
    """
    asked = urllib.request.Request(address, form, dict(headers or {}))  # noqa: S310 - not a client's address
    try:
        with _OPENER.open(asked, timeout=seconds) as answer:
            body = answer.read(most + 1)
    except HTTPError as error:
        error.close()
        raise AnsweredError(address, error.code) from None
    except HTTPException as error:
        raise OSError(f"{address} gives no answer in HTTP: {type(error).__name__}") from error
    if len(body) > most:
        raise ValueError(f"{address} answers more than {most} bytes")
    found = json.loads(body)
    if not isinstance(found, kind):
        raise ValueError(f"{address} answers with a {type(found).__name__}, no {kind.__name__}")
    return found
