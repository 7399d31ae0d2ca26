"""An agency of the tree, and who goes on with its work when it ends (domain, section 7)."""

from pydantic import Field

from schemas.reference.row import AgencyLevel, DatedRow, Level, Row
from schemas.reference.value import Code, Number

PARENTS: dict[AgencyLevel, frozenset[AgencyLevel]] = {
    AgencyLevel.PROVINCE: frozenset(),
    AgencyLevel.DEPARTMENT: frozenset({AgencyLevel.PROVINCE}),
    AgencyLevel.DISTRICT: frozenset({AgencyLevel.PROVINCE}),
    AgencyLevel.COMMUNE: frozenset({AgencyLevel.DISTRICT, AgencyLevel.PROVINCE}),
    AgencyLevel.BRANCH: frozenset(AgencyLevel) - {AgencyLevel.BRANCH},
}
"""The levels an agency may lie below."""


class Agency(DatedRow):
    """An agency while it has this name, level and parent; a change of one of them is another row.

    code: the one that events state as `agency`. parent: the code it lies below; '' for a province.
    """

    code: Code = Field(title="mã", min_length=1)
    name: str = Field(title="tên", min_length=1, max_length=300)
    level: Level = Field(title="cấp")
    parent: Code = Field("", title="mã cấp trên")

    @property
    def key(self) -> tuple[str, ...]:
        """A code has one row on any day."""
        return (self.code,)


class Successor(Row):
    """An agency that goes on with the work of one that has ended, from the day after its last.

    Many to many: several rows per `code` share it out (`share` adds up to 1), several codes may have one
    successor. successor '': nobody; its history then counts for the agency it last lay below.
    """

    code: Code = Field(title="mã", min_length=1)
    successor: Code = Field("", title="mã kế thừa")
    share: Number = Field(1.0, title="tỷ lệ", gt=0, le=1)

    @property
    def key(self) -> tuple[str, ...]:
        """A pair occurs once."""
        return (self.code, self.successor)
