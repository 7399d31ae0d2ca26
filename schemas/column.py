"""A column of an entity: its type and the rule by which its values merge.

Each column is a register. Its merge is commutative, associative and idempotent, so that the order and
the number of deliveries cannot change a state (design, invariant 1):

* `LAST`: the value of the greatest (version, value); the version is the event's time in microseconds.
* `FIRST`: the same with the version turned round, so that the earliest event wins.
* `MAX`: the greatest value; it cannot be cleared.

Values are stored with one lowest value per kind that means "unset": so a cleared register holds
(version, unset), beats every older value, and loses against a value of the same time, in every engine.
"""

from dataclasses import dataclass
from enum import Enum

LATEST_VERSION = 1 << 62
"""FIRST registers hold LATEST_VERSION - time as their version; 0 is "never stated"."""


class Kind(Enum):
    """What a column holds, with the stored form."""

    TEXT = "text"  # any string of 1 to 200 characters; stored as is, unset ''
    KEY = "key"  # the subject of another entity; stored as is, unset ''
    CODE = "code"  # one of the column's codes; stored as is, unset ''
    TIME = "time"  # an instant; stored as microseconds since 1970 UTC, unset 0
    FLAG = "flag"  # false or true; stored as 1 or 2, unset 0
    INTEGER = "integer"  # a whole number >= 0; stored as is, unset -1

    @property
    def unset(self) -> str | int:
        """The stored value that means "no value", lower than every other."""
        return UNSET.get(self, 0)

    @property
    def is_string(self) -> bool:
        """Whether the stored form is a string."""
        return self.unset == ""

    @property
    def is_text(self) -> bool:
        """Whether JSON has it as a string."""
        return self.is_string or self is Kind.TIME


UNSET: dict[Kind, str | int] = {Kind.TEXT: "", Kind.KEY: "", Kind.CODE: "", Kind.INTEGER: -1}


class Merge(Enum):
    """Which of two values of a register stays."""

    LAST = "last"
    FIRST = "first"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an entity.

    codes: the allowed values of a CODE column.
    default: what a FLAG column reads as when nothing was stated (only `voided` has one: false).
    ahead: whether a TIME may lie in the future: a promise or a plan, not what has happened.
    least: the lowest value of an INTEGER.
    """

    name: str
    kind: Kind
    about: str
    merge: Merge = Merge.LAST
    codes: tuple[str, ...] = ()
    default: bool | None = None
    ahead: bool = False
    least: int = 0

    @property
    def clearable(self) -> bool:
        """Whether an explicit null is allowed: only a LAST register can be cleared."""
        return self.merge is Merge.LAST


def text(name: str, about: str) -> Column:
    """Declare a free code such as an agency or a procedure."""
    return Column(name, Kind.TEXT, about)


def key(name: str, about: str) -> Column:
    """Declare a reference to another entity's subject."""
    return Column(name, Kind.KEY, about)


def code(name: str, about: str, *codes: str) -> Column:
    """Declare a column with a closed code table."""
    return Column(name, Kind.CODE, about, codes=codes)


def time(name: str, about: str, merge: Merge = Merge.LAST) -> Column:
    """Declare an instant at which something happened."""
    return Column(name, Kind.TIME, about, merge)


def term(name: str, about: str, merge: Merge = Merge.LAST) -> Column:
    """Declare an instant that may lie in the future."""
    return Column(name, Kind.TIME, about, merge, ahead=True)


def flag(name: str, about: str, *, default: bool | None = None) -> Column:
    """Declare a yes or no."""
    return Column(name, Kind.FLAG, about, default=default)


def integer(name: str, about: str, merge: Merge = Merge.LAST, *, least: int = 0) -> Column:
    """Declare a whole number >= `least`."""
    return Column(name, Kind.INTEGER, about, merge, least=least)


VOIDED = flag("voided", "Entered by mistake; leaves every count.", default=False)
AGENCY = text("agency", "Code of the competent agency, e.g. H51.18.")
