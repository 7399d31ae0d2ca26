"""An administrative procedure: its level of online service, its time and its fee."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from schemas.reference.mistake import WrongValue
from schemas.reference.row import DatedRow, Level
from schemas.reference.value import Clock, Code, YesNo, choice

NATIONAL = re.compile(r"\d\.\d{6}(\..+)?")
"""The national catalogue's form, perhaps with a local suffix: `1.004946.000.00.00.H51` (domain, 5.3)."""


class ServiceLevel(StrEnum):
    """Levels of online service, Decree 42/2022/NĐ-CP."""

    FULL = "full"
    PARTIAL = "partial"
    INFO = "info"


class Unit(StrEnum):
    """What a duration is given in, with its minutes; a working day is 8 hours (domain, section 6)."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    DAY = "day"

    @property
    def minutes(self) -> int:
        """Minutes of one."""
        return {Unit.WORKING_DAY: 8 * 60, Unit.WORKING_HOUR: 60, Unit.DAY: 24 * 60}[self]


SERVICE_WORDS = {
    "toàn trình": ServiceLevel.FULL,
    "một phần": ServiceLevel.PARTIAL,
    "cung cấp thông tin": ServiceLevel.INFO,
}
UNIT_WORDS = {
    "ngày làm việc": Unit.WORKING_DAY,
    "giờ làm việc": Unit.WORKING_HOUR,
    "ngày": Unit.DAY,
}


class Procedure(DatedRow):
    """A procedure while its rules hold; an accepted dossier keeps the row of the day it was received.

    handled_at: the level of agency these rules are for; None: all. duration: in `unit`; 0: the same day;
    None: no due date is promised. online_duration: for dossiers sent online. cut_off: received at or after
    it counts as the next working day.
    """

    code: Code = Field(title="mã", min_length=1)
    name: str = Field(title="tên", min_length=1, max_length=1000)
    field: Code = Field("", title="lĩnh vực")
    handled_at: Level | None = Field(None, title="cấp giải quyết")
    service_level: Annotated[ServiceLevel, choice(ServiceLevel, SERVICE_WORDS)] = Field(
        ServiceLevel.INFO, title="mức dịch vụ"
    )
    duration: int | None = Field(None, title="thời hạn", ge=0, le=10_000)
    online_duration: int | None = Field(None, title="thời hạn trực tuyến", ge=0, le=10_000)
    unit: Annotated[Unit, choice(Unit, UNIT_WORDS)] = Field(Unit.WORKING_DAY, title="đơn vị")
    cut_off: Clock | None = Field(None, title="giờ chốt")
    fee_due: YesNo = Field(False, title="có phí")
    eligible_full: YesNo = Field(False, title="đủ điều kiện toàn trình")

    @field_validator("code")
    @classmethod
    def _national(cls, code: str) -> str:
        if not NATIONAL.fullmatch(code):
            raise WrongValue(
                f"mã “{code}” không có dạng 1.004946; nếu Excel làm mất số 0, định dạng cột là Text",
                f"`{code}` does not look like 1.004946; if Excel lost a 0, format the column as text",
            )
        return code

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.online_duration is not None and self.duration is None:
            raise WrongValue(
                "có thời hạn trực tuyến mà thiếu thời hạn",
                "there is an online duration but no duration",
            )
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """One row per procedure and level on any day."""
        return (self.code, self.handled_at or "")

    @property
    def standard_minutes(self) -> int | None:
        """The promised time in minutes, working minutes unless `unit` is day; as of a service event."""
        return None if self.duration is None else self.duration * self.unit.minutes
