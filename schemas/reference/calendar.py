"""Days off, make-up working days and office hours: data, because they are fixed anew each year."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.reference.mistake import WrongValue
from schemas.reference.row import DatedRow, Row
from schemas.reference.value import Clock, Day, choice


class DayKind(StrEnum):
    """What is special about a day."""

    OFF = "off"
    MAKEUP = "makeup"


class CalendarDay(Row):
    """A day off that is no weekend, or a weekend day that is worked (Labour Code 2019, article 112)."""

    day: Day = Field(title="ngày")
    kind: Annotated[DayKind, choice(DayKind, {"nghỉ": DayKind.OFF, "làm bù": DayKind.MAKEUP})] = Field(
        title="loại"
    )
    name: str = Field("", title="tên", max_length=200)

    @property
    def key(self) -> tuple[str, ...]:
        """A day occurs once."""
        return (self.day.isoformat(),)

    @model_validator(mode="after")
    def _makeup_is_a_weekend(self) -> Self:
        if self.kind is DayKind.MAKEUP and self.day.weekday() < 5:
            raise WrongValue(
                f"ngày làm bù {self.day:%d/%m/%Y} không phải thứ bảy hay chủ nhật",
                f"the make-up day {self.day} is neither a Saturday nor a Sunday",
            )
        return self


class Hours(DatedRow):
    """A part of the working day, such as 07:00 to 11:30 (domain, section 6, rule A)."""

    opens: Clock = Field(title="mở cửa")
    closes: Clock = Field(title="đóng cửa")

    @property
    def key(self) -> tuple[str, ...]:
        """Parts must not start at the same time; `check` looks at overlaps."""
        return (self.opens.isoformat("minutes"),)

    @model_validator(mode="after")
    def _open_before_closing(self) -> Self:
        if self.opens >= self.closes:
            raise WrongValue("giờ mở cửa phải trước giờ đóng cửa", "it must open before it closes")
        return self


RULE_A = (Hours(opens=time(7), closes=time(11, 30)), Hours(opens=time(13, 30), closes=time(17)))
"""07:00-11:30 and 13:30-17:00, 8 hours a day (domain, section 6): where no hours are loaded."""
