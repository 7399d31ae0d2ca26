"""The answer about what was shown on a day."""

from pydantic import BaseModel, Field

from serving.api.shapes.figures import Page, example

PUBLISHED = {
    "kpi": "on_time_rate",
    "agency": "H51.18",
    "version": "on_time_rate@2000-01-01",
    "numerator": 510,
    "denominator": 512,
    "value": 0.99609375,
    "now_version": "on_time_rate@2000-01-01",
    "now_numerator": 512,
    "now_denominator": 513,
    "now_value": 0.9980506822612085,
    "changed": True,
    "rule_changed": False,
    "tree_changed": False,
    "since": {"late": 1, "corrections": 1, "later": 40},
}


class SinceRow(BaseModel):
    """Events that were counted after the digest, about what the figure counts."""

    late: int = Field(description="Happened before the day ended.")
    corrections: int = Field(description="`corrected`, `voided` and `snapshot`.")
    later: int = Field(description="Happened after the day, such as a fee paid then.")


class PublishedRow(BaseModel):
    """A figure as it was shown, and as the same question is answered now."""

    kpi: str
    agency: str | None = None
    version: str
    numerator: float
    denominator: float | None = None
    value: float | None = None
    now_version: str
    now_numerator: float
    now_denominator: float | None = None
    now_value: float | None = None
    changed: bool
    rule_changed: bool = Field(description="Whether what is counted was defined otherwise.")
    tree_changed: bool | None = Field(None, description="Whether other agencies lie below this one.")
    since: SinceRow | None = Field(None, description="null: not asked by `kpi`, or the log was made anew.")


class PublishedPage(Page):
    """Answer of `/v1/kpis/as-published`."""

    model_config = example(
        {"day": "2022-09-30", "taken_at": "2022-09-30T17:05:00Z", "agency": "H51.18", "rows": [PUBLISHED]}
    )

    day: str
    taken_at: str
    agency: str | None = None
    rows: list[PublishedRow]
