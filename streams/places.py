"""Places: combinations of agency, dimensions and cohort day as dense numbers, and back to their strings."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from streams.dictionary import Dictionary
from streams.index import Index, Numbers

CODE_BITS = 32


class Places:
    """A growing set of combinations of codes. Shared by the shards of a worker."""

    def __init__(self, width: int) -> None:
        """`width`: how many codes make a place; one code is a place by itself."""
        self._pairs = [Index() for _ in range(width - 1)]

    def wider(self) -> "Places":
        """Places with one code more, made of these and it; `further` finds them."""
        wide = Places(1)
        wide._pairs = [*self._pairs, Index()]
        return wide

    def numbers(self, codes: Sequence[Numbers]) -> Numbers:
        """Place numbers of combinations, one array per code."""
        places, *rest = codes
        for index, column in zip(self._pairs, rest, strict=True):
            places = index.numbers(places << CODE_BITS | column)
        return places

    def further(self, places: Numbers, column: Numbers) -> Numbers:
        """Place numbers from those without the last code, and the last code."""
        return self._pairs[-1].numbers(places << CODE_BITS | column)

    def codes(self, places: Numbers) -> list[Numbers]:
        """The codes that make up each place."""
        columns = []
        for index in reversed(self._pairs):
            keys = index.keys[places]
            columns.append(keys & ((1 << CODE_BITS) - 1))
            places = keys >> CODE_BITS
        return [places, *reversed(columns)]


def named(dictionary: Dictionary | None, codes: Numbers) -> pl.Series:
    """Codes as words; without a dictionary they are days since 1970."""
    if dictionary is None:
        return pl.Series(codes, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date)
    return dictionary.words(codes.astype(np.uint32))
