"""The desk that every question passes: who asks, how often, and whether the answer is known already."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request, Response

from serving.api import sending
from serving.api.reader import Sight
from web.doorkeeper import Doorkeeper
from web.limits import RateLimit
from web.principal import Principal, Role

Limit = Annotated[int, Query(ge=1, le=sending.MOST, description="Rows of a page.", examples=[100])]
Cursor = Annotated[
    str, Query(max_length=400, description="Where the page begins; from `next`.", examples=["MTAw"])
]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that was let in. tag: of its answer. ready: the answer, if the client has it already."""

    principal: Principal
    tag: str
    ready: Response | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What all routes share. rate: requests per second and key."""

    sight: Sight
    doorkeeper: Doorkeeper
    rate: RateLimit

    def admit(self, request: Request, role: Role = Role.VIEWER) -> Visit:
        """Let a request in. Raises Problem 401, 403, 429 or 503."""
        principal = self.doorkeeper.admit(request, role)
        self.rate.take(principal.name, 1)
        tag = sending.etag(request, self.sight.reader.moment(), self.sight.clock(), principal.name)
        return Visit(principal, tag, sending.unchanged(request, tag))
