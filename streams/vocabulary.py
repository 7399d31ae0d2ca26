"""The worker's dictionaries, one per string column of each entity, and which of their strings are allowed.

A string is checked once, when it is first seen, by the contract's own check. So a column of a million rows
with 2,000 procedures costs 2,000 checks.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import TypeAdapter, ValidationError

from schemas.column import Column, Kind
from schemas.contract import ENTITIES
from schemas.models import Key, Text
from streams.dictionary import Codes, Dictionary

UNSEEN, ALLOWED, REFUSED = 0, 1, 2
_CHECKS: dict[Kind, TypeAdapter[Any]] = {Kind.TEXT: TypeAdapter(Text), Kind.KEY: TypeAdapter(Key)}


class Words:
    """The dictionary of one column, with the verdict on each of its strings."""

    def __init__(self, column: Column) -> None:
        self.dictionary = Dictionary(*column.codes)
        self._check = _CHECKS.get(column.kind)
        self._verdicts = np.full(self.dictionary.size, ALLOWED, np.uint8)
        self._verdicts[0] = REFUSED  # an empty string is no value

    def codes(self, strings: pl.Series) -> tuple[Codes, npt.NDArray[np.bool_]]:
        """Codes of strings, and whether the contract allows each."""
        codes = self.dictionary.codes(strings)
        missing = self.dictionary.size - len(self._verdicts)
        if missing > 0:
            self._verdicts = np.pad(self._verdicts, (0, missing + len(self._verdicts)))
        new = np.unique(codes[self._verdicts[codes] == UNSEEN])
        for code, string in zip(new, self.dictionary.strings(new), strict=True):
            self._verdicts[code] = ALLOWED if self._allowed(string) else REFUSED
        return codes, self._verdicts[codes] == ALLOWED

    def _allowed(self, string: str) -> bool:
        if self._check is None:
            return False
        try:
            self._check.validate_python(string)
        except ValidationError:
            return False
        return True


class Vocabulary:
    """All dictionaries of a worker."""

    def __init__(self) -> None:
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
