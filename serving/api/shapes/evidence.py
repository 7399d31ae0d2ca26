"""Answers about why a number is what it is: its rule, the entities behind it, their events."""

from typing import Any

from pydantic import BaseModel, Field

from serving.api.shapes.background import FIGURE, TOPIC, CatalogueRow, TopicRow
from serving.api.shapes.figures import ROW, FigureRow, Page, example

DOSSIER = {"subject": "H51.18-220707-0010", "agency": "H51.18", "procedure": "2.000815"}
EVENT = {
    "time": "2022-07-07T09:51:50+07:00",
    "type": "vn.reform.dossier.received.v1",
    "source": "/h51/one-stop",
    "id": "H51.18-220707-0010-1",
}


class MeasureSum(BaseModel):
    """A measure in a side of a figure, and its sum."""

    side: str
    sign: int
    measure: str
    value: float


class ExplanationPage(Page):
    """Answer of `/v1/explain`."""

    model_config = example(
        {
            "figure": FIGURE,
            "from": "2022-07-01",
            "to": "2022-10-01",
            "agency": "H51.18",
            "as_of": "2022-10-01T00:00:00+07:00",
            "measures": [
                {"side": "numerator", "measure": "dossiers_received_online", "sign": 1, "value": 4618},
                {"side": "denominator", "measure": "dossiers_received", "sign": 1, "value": 17510},
            ],
            "examples": {"missing": ["H51.18-220707-0010"]},
            "counted": [TOPIC],
            "rows": [ROW],
            "next": None,
        }
    )

    figure: CatalogueRow
    from_: str = Field(alias="from")
    to: str
    agency: str | None = None
    as_of: str
    measures: list[MeasureSum]
    examples: dict[str, list[str]] = Field(description="Some keys of each side; operators only.")
    counted: list[TopicRow]
    rows: list[FigureRow]


class DossierPage(Page):
    """Answer of `/v1/dossiers`: the columns of a row are the entity's codes and times."""

    model_config = example(
        {"entity": "dossier", "which": "missing", "agency": "H51.18", "rows": [DOSSIER], "next": None}
    )

    entity: str
    which: str
    agency: str | None = None
    rows: list[dict[str, str | None]]


class EventRow(BaseModel):
    """An event as it came."""

    time: str
    type: str
    source: str
    id: str
    event: dict[str, Any] = Field(description="The CloudEvent.")


class HistoryPage(Page):
    """Answer of `/v1/history`."""

    model_config = example(
        {"entity": "dossier", "subject": "H51.18-220707-0010", "next": None}
        | {"rows": [EVENT | {"event": EVENT | {"specversion": "1.0", "data": {"agency": "H51.18"}}}]}
    )

    entity: str
    subject: str
    rows: list[EventRow]
