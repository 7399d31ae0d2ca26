"""Which of the entities behind a number are meant. By itself, for commands that only name it."""

from enum import StrEnum


class Which(StrEnum):
    """Which of the entities: those counted above the line, below it, or below it and not above."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    MISSING = "missing"
