"""The answer that may be shown to everybody."""

from pydantic import BaseModel, Field

from serving.api.shapes.figures import Page, example


class PublicRow(BaseModel):
    """A ratio of an agency with all below it."""

    kpi: str
    agency: str
    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    suppressed: bool = Field(description="The numbers are too small to be shown, or would tell of such.")


class PublicPage(Page):
    """Answer of `/v1/public/kpis`."""

    model_config = example(
        {
            "month": "2022-08",
            "minimum": 5,
            "rows": [
                {"kpi": "on_time_rate", "agency": "H51", "numerator": 510, "denominator": 512}
                | {"value": 0.99609375, "suppressed": False},
                {"kpi": "on_time_rate", "agency": "H51.18.01", "suppressed": True},
            ],
        }
    )

    month: str
    minimum: int = Field(description="The smallest denominator that is shown.")
    rows: list[PublicRow]
