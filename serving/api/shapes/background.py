"""Answers about what the figures rest on: the catalogue, the agency tree, how new the data are."""

from typing import Any

from pydantic import BaseModel, Field

from serving.api.shapes.figures import Page, example

FIGURE: dict[str, Any] = {
    "name": "online_dossier_rate",
    "version": "online_dossier_rate@2000-01-01",
    "kind": "kpi",
    "vi": "Tỷ lệ hồ sơ nộp trực tuyến",
    "en": "Dossiers submitted online",
    "note_vi": "",
    "note_en": "",
    "basis": "Quyết định 766/QĐ-TTg, mục 3.3",
    "unit": "percent",
    "unit_vi": "%",
    "better": "higher",
    "target": 0.5,
    "valid_from": "2000-01-01",
    "valid_to": None,
    "rule": {
        "denominator": [
            {
                "measure": "dossiers_received",
                "sign": 1,
                "entity": "dossier",
                "counted_at": "received_at",
                "where": "NOT voided",
                "sum": None,
                "cohort": None,
            }
        ]
    },
}
AGENCY = {
    "code": "H51.18",
    "name": "Thị xã Ngã Năm",
    "level": "district",
    "parent": "H51",
    "valid_from": "2015-01-01",
    "valid_to": "2025-07-01",
    "certainty": "",
    "note": "",
}
TOPIC = {"topic": "reform.dossiers", "written_at": "2022-10-20T08:59:58+07:00", "events": 22274}
SOURCE = {"source": "/h51/one-stop", "last_event_at": "2022-10-20T08:59:41+07:00", "events": 20086}


class CatalogueRow(BaseModel):
    """A figure in one version. rule: by side, its measures with their conditions; a score has groups."""

    name: str
    version: str
    kind: str
    vi: str
    en: str
    note_vi: str
    note_en: str
    basis: str
    unit: str
    unit_vi: str
    better: str
    target: float | None = None
    valid_from: str
    valid_to: str | None = None
    rule: dict[str, list[dict[str, Any]]] | None = None
    groups: list[dict[str, str]] | None = None


class CataloguePage(Page):
    """Answer of `/v1/catalogue`."""

    model_config = example({"rows": [FIGURE], "next": None})

    rows: list[CatalogueRow]


class AgencyRow(BaseModel):
    """An agency; `valid_to` is exclusive."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: str
    valid_to: str
    certainty: str
    note: str


class AgencyPage(Page):
    """Answer of `/v1/agencies`."""

    model_config = example({"on": "2022-10-20", "rows": [AGENCY], "next": None})

    on: str
    rows: list[AgencyRow]


class TopicRow(BaseModel):
    """When the counts of a topic were last written."""

    topic: str
    written_at: str
    events: int = Field(description="The sum of the offsets that the counts include.")


class SourceRow(BaseModel):
    """When a source was last heard."""

    source: str
    last_event_at: str
    events: int


class FreshnessPage(Page):
    """Answer of `/v1/freshness`."""

    model_config = example(
        {"now": "2022-10-20T09:00:00+07:00", "sources": [SOURCE], "rows": [TOPIC], "next": None}
    )

    now: str
    sources: list[SourceRow]
    rows: list[TopicRow]
