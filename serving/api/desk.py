"""The desk that every question passes: who asks, how often, and whether the answer is known already."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from fastapi import Query, Request, Response

from serving.api import sending
from serving.api.answers import Answers, Moment
from serving.api.reader import Sight
from web.doorkeeper import Doorkeeper
from web.limits import RateLimit
from web.principal import Principal, Role

Limit = Annotated[int, Query(ge=1, le=sending.MOST, description="Rows of a page.", examples=[100])]
Cursor = Annotated[
    str, Query(max_length=400, description="Where the page begins; from `next`.", examples=["MTAw"])
]


@dataclass(slots=True)
class Visit:
    """A request that was let in. tag: of its answer. ready: the answer, if the client or we have it already.

    answer: the one that was made, to be kept for others.
    """

    principal: Principal
    tag: str
    ready: Response | None = None
    answer: Response | None = None

    def kept(self, answer: Response) -> Response:
        """Have an answer kept."""
        self.answer = answer
        return answer


@dataclass(frozen=True)
class Desk:
    """What all routes share. rate: requests per second and key."""

    sight: Sight
    doorkeeper: Doorkeeper
    rate: RateLimit
    answers: Answers = field(default_factory=Answers)

    @cached_property
    def moment(self) -> Moment:
        """When the store has changed."""
        return Moment(self.sight.reader.moment, time.monotonic)

    @cached_property
    def definitions(self) -> str:
        """Changes with the catalogue and the settings that answers depend on."""
        made_of = f"{self.sight.catalogue.model_dump_json()} {self.sight.first_day}"
        return hashlib.sha256(made_of.encode()).hexdigest()

    def identify(self, request: Request) -> None:
        """Turn strangers away before a word is said of what they ask. Raises Problem 401, 403 or 503."""
        self.doorkeeper.known(request, Role.PUBLIC)

    def admit(self, request: Request, role: Role = Role.VIEWER, setting: object = None) -> Visit:
        """Let a request in. setting: what else the answer depends on. Raises Problem 401, 403, 429 or 503."""
        principal = self.doorkeeper.admit(request, role)
        self.rate.take(principal.name, 1)
        # What an answer depends on of the client: the same for all with the same rights.
        rights = json.dumps([principal.role, principal.agencies, self.definitions, setting])
        tag = sending.etag(request, self.moment.now(), self.sight.clock(), rights)
        return Visit(principal, tag, sending.unchanged(request, tag))

    @contextmanager
    def question(self, request: Request) -> Iterator[Visit]:
        """The same for an answer that is kept; who asks the same meanwhile waits. Raises as `admit`."""
        visit = self.admit(request)
        if visit.ready:
            yield visit
            return
        with self.answers.turn(visit.tag):
            visit.ready = self.answers.known(visit.tag)
            yield visit
            if visit.answer is not None:
                self.answers.keep(visit.tag, visit.answer)
