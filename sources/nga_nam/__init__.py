"""The demo feed: a quarter of the town of Ngã Năm (Sóc Trăng), July to September 2022.

Events are reconstructed so that the KPIs over them are exactly the figures of the town's report (S3;
`published.py` holds them). What the report does not say (channels, fees, supplements, documents, ...)
is drawn plausibly from a seed; no clock is read. Nobody's name, number or words are in the feed.

    for event in nga_nam.events(): ...
    python -m sources.nga_nam --scramble > events.ndjson
"""

from random import Random

from sources.nga_nam.documents import document_events
from sources.nga_nam.dossiers import dossier_events
from sources.nga_nam.offices import AGENCIES, COMMUNES, OFFICES, TOWN
from sources.nga_nam.others import feedback_events, task_events
from sources.nga_nam.published import PERIOD, PUBLISHED, Figure
from sources.nga_nam.scramble import scramble
from sources.nga_nam.story import Event

__all__ = [
    "AGENCIES",
    "COMMUNES",
    "OFFICES",
    "PERIOD",
    "PUBLISHED",
    "SEED",
    "TOWN",
    "Event",
    "Figure",
    "events",
    "scramble",
]

SEED = 2022
PARTS = (dossier_events, document_events, task_events, feedback_events)


def events(seed: int = SEED) -> list[Event]:
    """All CloudEvents of the quarter, in the order they happened.

    Another seed gives another quarter with the same published figures. Each part draws from its own
    generator, so that a change in one leaves the others as they are.
    """
    told = [
        event
        for part in PARTS
        for event in part(Random(f"{seed}/{part.__name__}"))  # noqa: S311 - reproducible, no secret
    ]
    return sorted(told, key=lambda event: (event["time"], event["id"]))
