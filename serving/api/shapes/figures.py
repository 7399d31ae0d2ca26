"""Answers with figures: rows of KPIs, stocks, amounts and scores, and rankings.

What may be null has a default, as the OpenAPI document leaves nulls out of its examples.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ROW: dict[str, Any] = {
    "kpi": "online_dossier_rate",
    "agency": "H51.18",
    "from": "2022-07-01",
    "to": "2022-10-01",
    "numerator": 4618,
    "denominator": 17510,
    "value": 0.2637350085665334,
}
SPAN = {"from": "2022-07-01", "to": "2022-10-01", "note": ""}


def example(answer: dict[str, Any]) -> ConfigDict:
    """What makes an answer the example of its shape."""
    return ConfigDict(json_schema_extra={"examples": [answer]})


class Page(BaseModel):
    """What all answers have in common."""

    next: str | None = Field(None, description="The cursor of the next page; null: this is the last.")


class FigureRow(BaseModel):
    """A figure of a period, with the column of the split if there is one."""

    kpi: str
    agency: str | None = Field(None, description="null: all that is counted.")
    from_: str = Field(alias="from", description="First day, or first hour.")
    to: str = Field(description="Day, or hour, after the last.")
    numerator: float
    denominator: float | None = Field(None, description="null: a stock or an amount has none.")
    value: float | None = Field(None, description="Ratio from 0 to 1, unrounded; null: nothing to measure.")
    hour: str | None = None
    day: str | None = None
    month: str | None = None
    procedure: str | None = None
    field: str | None = None
    kind: str | None = None
    previous_numerator: float | None = None
    previous_denominator: float | None = None
    previous_value: float | None = None
    change: float | None = None
    target: float | None = None
    gap: float | None = Field(None, description="The value less the target.")
    on_target: bool | None = None


class FigurePage(Page):
    """Answer of `/v1/kpis`."""

    model_config = example(
        SPAN
        | {"as_of": "2022-10-01T00:00:00+07:00", "agency": "H51.18", "left_out": [], "only": {}}
        | {"rows": [ROW], "next": None}
    )

    from_: str = Field(alias="from")
    to: str
    note: str = Field(description="What has to be said about the period, if anything.")
    as_of: str = Field(description="The moment for stocks, RFC 3339.")
    agency: str | None = None
    left_out: list[str] = Field(description="Figures asked for that cannot be split or narrowed so.")
    only: dict[str, str] = Field(description="The codes that the rows are about, by dimension.")
    rows: list[FigureRow]


class RankedRow(FigureRow):
    """An agency's place among those of enough weight."""

    rank: int | None = Field(None, description="null: too small a denominator.")
    previous_rank: int | None = None
    movement: int | None = Field(None, description="Places gained since the period before.")


class RankingPage(Page):
    """Answer of `/v1/rankings`."""

    model_config = example(
        SPAN
        | {"minimum": 30, "next": None}
        | {"rows": [ROW | {"rank": 2, "previous_rank": 4, "movement": 2}]}
    )

    from_: str = Field(alias="from")
    to: str
    note: str
    minimum: int
    rows: list[RankedRow]
