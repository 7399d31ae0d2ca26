"""What all rows of reference data share: where they came from, how sure they are, and when they hold."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.reference.mistake import NOWHERE, Mistake, Place, WrongValue
from schemas.reference.value import BEGINNING, FOREVER, Day, choice


class AgencyLevel(StrEnum):
    """Levels of agencies; districts until 30 June 2025 (two-tier government from 1 July 2025)."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    DISTRICT = "district"
    COMMUNE = "commune"
    BRANCH = "branch"


Level = Annotated[
    AgencyLevel,
    choice(
        AgencyLevel,
        {
            "tỉnh": AgencyLevel.PROVINCE,
            "sở": AgencyLevel.DEPARTMENT,
            "huyện": AgencyLevel.DISTRICT,
            "xã": AgencyLevel.COMMUNE,
            "chi nhánh": AgencyLevel.BRANCH,
        },
    ),
]


class Row(BaseModel):
    """One row; a field's title is its Vietnamese heading.

    certainty: V seen in an official text, V2 in a secondary source, M from memory (see docs/reference.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    certainty: Literal["", "V", "V2", "M"] = Field("", title="độ tin cậy")
    note: str = Field("", title="ghi chú", max_length=500)
    place: Place = Field(NOWHERE, exclude=True, repr=False)

    @classmethod
    def headings(cls) -> dict[str, str]:
        """Columns by heading: the name itself and the Vietnamese one, in small letters."""
        named = {name: field for name, field in cls.model_fields.items() if name != "place"}
        vietnamese = {str(field.title): name for name, field in named.items() if field.title}
        return vietnamese | {name: name for name in named}

    @classmethod
    def required(cls) -> list[str]:
        """Columns that must be there."""
        return [name for name, field in cls.model_fields.items() if field.is_required()]

    @property
    def key(self) -> tuple[str, ...]:
        """What must be unique; of rows with validity, at any one time."""
        raise NotImplementedError

    def wrong(self, column: str, vi: str, en: str) -> Mistake:
        """A mistake in this row."""
        return Mistake(self.place, column, vi, en)


class DatedRow(Row):
    """A row that holds on the days [valid_from, valid_to); left out: since ever, without end."""

    valid_from: Day = Field(BEGINNING, title="từ ngày")
    valid_to: Day = Field(FOREVER, title="đến trước ngày")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from >= self.valid_to:
            raise WrongValue(
                f"hiệu lực rỗng: {self.valid_from} không trước {self.valid_to} (ngày đầu tiên hết hiệu lực)",
                f"empty validity: {self.valid_from} is not before {self.valid_to} (the first day without it)",
            )
        return self

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day < self.valid_to

    def meets(self, other: "DatedRow") -> bool:
        """Whether both hold on some day."""
        return self.valid_from < other.valid_to and other.valid_from < self.valid_to


def read_row(model: type[Row], cells: Mapping[str, str], place: Place) -> Row | list[Mistake]:
    """A row from its cells by column, empty ones left out; or what is wrong with it."""
    try:
        return model.model_validate({**cells, "place": place})
    except ValidationError as error:
        return [_mistake(found, place) for found in error.errors(include_url=False)]


def _mistake(found: Any, place: Place) -> Mistake:
    column = str(found["loc"][0]) if found["loc"] else ""
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, WrongValue):
        return Mistake(place, column, cause.vi, cause.en)
    if found["type"] == "missing":
        return Mistake(place, column, "thiếu giá trị bắt buộc", "a value is required")
    return Mistake(place, column, "giá trị không hợp lệ", str(found["msg"]).lower())
