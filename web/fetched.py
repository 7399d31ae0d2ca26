"""JSON that another service answers with: within a time and a size, and of the kind that was expected."""

import json
import urllib.request
from http.client import HTTPException
from typing import TypeVar
from urllib.error import HTTPError

T = TypeVar("T")


def fetched(address: str, kind: type[T], seconds: float, most: int) -> T:
    """What a GET of an address from the settings answers; most: bytes. Blocks.

    Raises OSError when there is no good answer, ValueError when it is too long or no JSON of this kind.
    """
    try:
        with urllib.request.urlopen(address, timeout=seconds) as answer:  # noqa: S310 - not a client's address
            body = answer.read(most + 1)
    except HTTPError as error:
        error.close()
        raise OSError(f"{address} answers {error.code}") from None
    except HTTPException as error:
        raise OSError(f"{address} gives no answer in HTTP: {type(error).__name__}") from error
    if len(body) > most:
        raise ValueError(f"{address} answers more than {most} bytes")
    found = json.loads(body)
    if not isinstance(found, kind):
        raise ValueError(f"{address} answers with a {type(found).__name__}, no {kind.__name__}")
    return found
