"""Numbers as they are written in Vietnam: 1.234 and 99,87 %."""

from schemas.catalogue import Unit
from serving.row import Row

NOTHING = "–"


def count(number: float | None) -> str:
    """A number as written in Vietnam: 1.234; points with what they have of two decimals: 71,63."""
    if number is None:
        return NOTHING
    text = f"{number:,.2f}" if isinstance(number, float) and not number.is_integer() else f"{number:,.0f}"
    return text.translate(str.maketrans(",.", ".,"))


def percent(ratio: float) -> str:
    """A ratio as a percentage with two decimals, as reports have it: 99,87 %."""
    return f"{100 * ratio:,.2f} %".translate(str.maketrans(",.", ".,"))


def value(row: Row) -> str:
    """The value of a row: a percentage, or a number of what its unit says."""
    if row.value is None:
        return NOTHING
    return percent(row.value) if row.unit is Unit.PERCENT else count(row.value)
