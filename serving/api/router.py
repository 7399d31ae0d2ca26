"""The query API as a part of an HTTP application: `GET /v1/...`, read only."""

from fastapi import APIRouter, Depends, Security

from serving.api.alerts import Alertmanager, Alerts
from serving.api.desk import Desk
from serving.api.evidence import Evidence
from serving.api.figures import Figures
from serving.api.public import Public
from serving.api.published import Published
from serving.api.stream import Stream
from web.doorkeeper import BEARER

PUBLIC_MINIMUM = 5


def router(
    desk: Desk, public_minimum: int = PUBLIC_MINIMUM, alertmanager: Alertmanager | None = None
) -> APIRouter:
    """All routes; its lifespan starts and stops the stream of changes.

    public_minimum: the smallest denominator that everybody may see.
    """
    stream = Stream(desk)
    made = APIRouter(
        prefix="/v1",
        tags=["query"],
        dependencies=[Security(BEARER), Depends(desk.identify)],
        lifespan=stream.lifespan,
    )
    for part in (
        Figures(desk),
        Published(desk),
        Public(desk, public_minimum),
        Evidence(desk),
        Alerts(desk, alertmanager),
        stream,
    ):
        part.add_to(made)
    return made
