"""The query API as a part of an HTTP application: `GET /v1/...`, read only."""

from fastapi import APIRouter, Security

from serving.api.desk import Desk
from serving.api.evidence import Evidence
from serving.api.figures import Figures
from serving.api.published import Published
from serving.api.stream import Stream
from web.doorkeeper import BEARER


def router(desk: Desk) -> APIRouter:
    """All routes; its lifespan starts and stops the stream of changes."""
    stream = Stream(desk)
    made = APIRouter(prefix="/v1", tags=["query"], dependencies=[Security(BEARER)], lifespan=stream.lifespan)
    for part in (Figures(desk), Published(desk), Evidence(desk), stream):
        part.add_to(made)
    return made
