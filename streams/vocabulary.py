"""The worker's dictionaries, one per string column of each entity, and which of their strings are allowed.

A string is checked once, when it is first seen, by the contract's own check. So a column of a million rows
with 2,000 procedures costs 2,000 checks.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from pydantic import TypeAdapter, ValidationError

from schemas.column import Column, Kind, key
from schemas.contract import ENTITIES
from schemas.models import Key, Text
from schemas.privacy import AS_KEY
from streams.dictionary import Dictionary
from streams.facts import Values
from streams.structs import UNSET

ABSENT, REFUSED = -(1 << 62), -(1 << 62) + 1
"""Beside stored values: nothing was stated; what was stated is left to the careful reader."""

ODD = "[^!-?A-~]|(?i:mat|secre|confiden)"
"""Blanks, signs outside ASCII, "@" and secrecy words: rare in keys and ids, decided by the careful reader."""
ODD_KEY = f"{ODD}|{AS_KEY}"
CHECKS: dict[Kind, TypeAdapter[Any]] = {Kind.TEXT: TypeAdapter(Text), Kind.KEY: TypeAdapter(Key)}
SOURCE = key("source", "The sending system.")


class Words(dict[Any, int]):
    """The dictionary of one column as a map from what a field holds to its stored form."""

    def __init__(self, column: Column) -> None:
        super().__init__({UNSET: ABSENT, None: 0})
        self.dictionary = Dictionary(*column.codes)
        self._check = CHECKS.get(column.kind)
        self.update({code: number for number, code in enumerate(column.codes, 1)})

    def __missing__(self, string: str) -> int:
        """Look at a string that was never seen."""
        self[string] = code = self.dictionary.code(string) if self._allowed(string) else REFUSED
        return code

    def codes(self, values: Sequence[Any]) -> Values:
        """Codes of the values of a field: ABSENT for UNSET, 0 for None, REFUSED for what is not allowed."""
        return np.fromiter(map(self.__getitem__, values), np.int64, len(values))

    def codes_of_keys(self, values: Sequence[Any]) -> Values:
        """The same for keys, as many as entities: judged in one go, and not remembered one by one."""
        result = np.fromiter((0 if v is None else ABSENT for v in values), np.int64, len(values))
        rows = np.array([row for row, value in enumerate(values) if isinstance(value, str)], np.intp)
        if len(rows):
            strings = pl.Series([values[row] for row in rows.tolist()], dtype=pl.String)
            plain = plain_keys(strings)
            result[rows] = REFUSED
            result[rows[plain]] = self.dictionary.codes(strings.filter(pl.Series(plain)))
        return result

    def _allowed(self, string: str) -> bool:
        if self._check is None:
            return False
        try:
            self._check.validate_python(string)
        except ValidationError:
            return False
        return True


def plain_keys(strings: pl.Series, odd: str = ODD_KEY) -> Any:
    """Which keys need no second look, as a mask; `odd`: what makes them need one."""
    return ~strings.str.contains(odd).to_numpy()


class Vocabulary:
    """All dictionaries of a worker. sources: that of the senders."""

    def __init__(self) -> None:
        self.sources = Words(SOURCE)
        self._words = {
            (entity.name, column.name): Words(column)
            for entity in ENTITIES.values()
            for column in entity.columns
            if column.kind.is_string
        }

    def words(self, entity: str, column: str) -> Words:
        """The dictionary of one column, with verdicts."""
        return self._words[entity, column]

    def dictionary(self, entity: str, column: str) -> Dictionary:
        """The dictionary of one column."""
        return self._words[entity, column].dictionary
