"""A mapping: which column of a sheet, or of a database table, is which of ours; one TOML file per vendor.

adapter = "sheet"
source = "/h51/one-stop-list"
entity = "dossier"
subject = ["Mã hồ sơ"]                 # hashed, never passed on
dates = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]
[columns]                              # ours = theirs; what is not named here is never read
received_at = "Ngày tiếp nhận"
channel = "Hình thức nộp"
[codes.channel]                        # theirs = ours; "" is an empty cell
"Trực tuyến" = "online"
[defaults]                             # for columns that the sheet does not have, and for empty cells
agency = "H51.22"
"""

import re
from collections.abc import Mapping as Mapping_
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from schemas.column import Kind
from schemas.contract import ENTITIES
from schemas.entity import Entity
from schemas.suggestion import hint
from sources.configuration import Configuration
from sources.vietnam_time import UNITS

Header = Annotated[str, StringConstraints(min_length=1, max_length=200)]
NUMBERS = re.compile(rf"epoch_(?:s|ms|us)|wall_(?:{'|'.join(UNITS)})|iso")


class Secrecy(BaseModel):
    """The column that marks secret papers, and the values that mean "not secret". Others are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: Header
    open: list[str]


class Mapping(Configuration):
    """The mapping file of a vendor.

    changed_at: the column that says when a row was changed, the version of all it states. present: flags that
    are yes where the cell has any text, such as the path of a file. sheet: its name in a workbook, else the
    first. header_row: its number, else the first row that has all columns. closes: what a promise means that
    names only the day. delimiter, encoding: of CSV.
    """

    entity: str
    subject: list[Header] = Field(min_length=1)
    columns: dict[str, Header]
    dates: tuple[str, ...] = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "iso")
    defaults: dict[str, str | bool | int] = Field(default_factory=dict)
    changed_at: str = ""
    present: frozenset[str] = frozenset()
    secrecy: Secrecy | None = None
    sheet: str = ""
    header_row: int = Field(0, ge=0)
    closes: str = Field("17:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    delimiter: str = Field("", max_length=1)
    encoding: str = ""

    @property
    def about(self) -> Entity:
        """The entity that a row tells of."""
        return ENTITIES[self.entity]

    @property
    def headers(self) -> list[str]:
        """All columns that must be there."""
        named = [*self.subject, *self.columns.values(), *filter(None, [self.changed_at])]
        return list(dict.fromkeys([*named, *([self.secrecy.column] if self.secrecy else [])]))

    @field_validator("entity")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in ENTITIES:
            raise ValueError(f"there is no entity `{name}`; there are {', '.join(ENTITIES)}")
        return name

    @field_validator("dates")
    @classmethod
    def _forms(cls, forms: tuple[str, ...]) -> tuple[str, ...]:
        for form in forms:
            if "%" not in form and not NUMBERS.fullmatch(form):
                raise ValueError(
                    f"`{form}` is no form of a date; write %d/%m/%Y %H:%M, iso, epoch_ms or wall_ms"
                )
        return forms

    @model_validator(mode="after")
    def _columns(self) -> "Mapping":
        known = self.about.by_name
        for name in (*self.columns, *self.defaults, *self.present):
            if name not in known:
                raise ValueError(f"{self.entity} has no column `{name}`; {hint(name, known)}")
        for name, value in self.defaults.items():
            if known[name].kind is Kind.CODE and value not in known[name].codes:
                raise ValueError(f"defaults.{name}: `{value}` is none of {', '.join(known[name].codes)}")
        return self

    def _words(self, table: str) -> frozenset[str] | None:
        column = self.about.by_name.get(table)
        if column is None:
            raise ValueError(
                f"codes: {self.entity} has no column `{table}`; {hint(table, self.about.by_name)}"
            )
        return frozenset(column.codes) if column.kind is Kind.CODE else None


Row = Mapping_[str, Any]
"""A row by the names of its columns as the mapping spells them."""
