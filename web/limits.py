"""Limits: how much a client may send in a time, and how large a body may be."""

import math
import time
from collections.abc import Callable

from fastapi import Request

from web.problem import Problem, problem


class RateLimit:
    """A token bucket per client: so much per second on average, ten seconds' worth at once.

    Clients are the names of keys, so they are few. A cost above the whole bucket is let through when it is
    full, and has to be earned afterwards.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._most = per_second * 10
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: str, cost: float) -> None:
        """Take it from the client's bucket; raises Problem 429 with Retry-After."""
        now = self._clock()
        left, then = self._buckets.get(client, (self._most, now))
        left = min(self._most, left + (now - then) * self.per_second)
        missing = min(cost, self._most) - left
        if missing > 0:
            self._buckets[client] = (left, now)
            raise _wait(math.ceil(missing / self.per_second))
        self._buckets[client] = (left - cost, now)


def _wait(seconds: int) -> Problem:
    return problem(
        "rate-limited",
        f"Hãy gửi lại sau {seconds} giây.",
        f"Send it again in {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )


async def limited_body(request: Request, limit: int) -> bytes:
    """The body, of at most `limit` bytes; raises Problem 413 as soon as it is longer."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limit:
        raise _too_large(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _too_large(limit: int) -> Problem:
    # The rest of the body is not read: the connection cannot go on.
    return problem(
        "too-large",
        f"Nội dung lớn hơn {limit:,} byte. Hãy chia nhỏ rồi gửi lại.".replace(",", "."),
        f"The content is larger than {limit:,} bytes. Send it in smaller parts.",
        headers={"Connection": "close"},
    )
