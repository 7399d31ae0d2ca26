"""Numbers as they are written in Vietnam: 1.234 and 99,87 %."""

from serving.row import Row

NOTHING = "–"


def count(number: int | None) -> str:
    """A whole number as written in Vietnam: 1.234."""
    return NOTHING if number is None else f"{number:,}".replace(",", ".")


def percent(ratio: float) -> str:
    """A ratio as a percentage with two decimals, as reports have it: 99,87 %."""
    return f"{100 * ratio:,.2f} %".translate(str.maketrans(",.", ".,"))


def value(row: Row) -> str:
    """The value of a row: a percentage, or a number for a stock."""
    if row.value is None:
        return NOTHING
    return count(row.numerator) if row.denominator is None else percent(row.value)
