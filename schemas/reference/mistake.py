"""A mistake in reference data: where it is and how to mend it, Vietnamese first."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a row was read: file (with sheet) and row as a spreadsheet counts them."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}, dòng/row {self.row}"


NOWHERE = Place("", 0)


class Mistake(NamedTuple):
    """One mistake; column '' means the row or the file as a whole."""

    place: Place
    column: str
    vi: str
    en: str

    def __str__(self) -> str:
        where = str(self.place) if self.place.row else self.place.file
        column = f", cột/column {self.column}" if self.column else ""
        return f"{where}{column}: {self.vi} / {self.en}"


class WrongValue(ValueError):  # noqa: N818 - a verdict on one cell
    """What is wrong with one value, in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi, self.en = vi, en
        super().__init__(f"{vi} / {en}")
