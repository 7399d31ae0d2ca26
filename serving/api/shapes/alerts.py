"""The answer about alerts."""

from pydantic import BaseModel, Field

from serving.api.shapes.figures import Page, example

ALERT = {
    "name": "KpiBelowTarget",
    "severity": "warning",
    "agency": "H51.18.02",
    "since": "2022-10-20T01:30:00.000Z",
    "summary": "Tỷ lệ hồ sơ nộp trực tuyến của H51.18.02 thấp hơn mức giao",
    "description": "Dossiers submitted online, H51.18.02, 30 days: 41.2%, clearly below the target.",
}


class AlertRow(BaseModel):
    """An alert that is active."""

    name: str
    severity: str
    agency: str = Field(description="'': it is about all, or about the system.")
    since: str
    summary: str
    description: str


class AlertPage(Page):
    """Answer of `/v1/alerts`."""

    model_config = example({"watched": True, "rows": [ALERT]})

    watched: bool = Field(
        description="Whether there is an Alertmanager to ask; without, no news is no good news."
    )
    rows: list[AlertRow]
