"""The validation handshake of CloudEvents (HTTP 1.1 Web Hooks for Event Delivery, 1.0.2, section 4).

A system that pushes events asks first, by OPTIONS, whether they are wanted here, and how many a minute.
The answer is no leave to send: that takes a key.
"""

import re
from collections.abc import Collection

from fastapi import Request, Response

from web.principal import EVERYTHING
from web.problem import problem

METHODS = "OPTIONS, POST"
_NAME = re.compile(r"[A-Za-z0-9*]([A-Za-z0-9.*-]{0,251}[A-Za-z0-9])?")
_RATE = re.compile("[1-9][0-9]{0,8}")


def consent(request: Request, origins: Collection[str], per_minute: int) -> Response:
    """Answer a validation request. origins: of whom, `*` for anybody. Raises Problem 400."""
    origin = request.headers.get("webhook-request-origin", "")
    rate = request.headers.get("webhook-request-rate", "")
    if (origin and not _NAME.fullmatch(origin)) or (rate and not _RATE.fullmatch(rate)):
        raise problem(
            "bad-request",
            "WebHook-Request-Origin phải là tên miền, WebHook-Request-Rate là số nguyên dương.",
            "WebHook-Request-Origin must be a domain name, WebHook-Request-Rate a positive integer.",
        )
    granted = {}
    if origin and (EVERYTHING in origins or origin.lower() in origins):
        wanted = min(int(rate), per_minute) if rate else per_minute
        granted = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": str(wanted)}
    return Response(status_code=204, headers={"Allow": METHODS, **granted})
