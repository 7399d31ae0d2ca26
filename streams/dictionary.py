"""Strings as dense numbers: a dictionary that only grows, one per column or per shard.

Code 0 is always the empty string, "unset". Backed by a named Polars category, which is faster and
smaller than a dict of Python strings; its physical codes are the numbers. The anchor series keeps the mapping
alive: Polars drops it with the last series of that category, silently.
"""

from uuid import uuid4

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.cell_hash import half_md5
from streams.checkpoint import WORD

Codes = npt.NDArray[np.uint32]
NO_WORDS = pl.Series([], dtype=WORD)


class Dictionary:
    """A growing map from strings to 0, 1, 2, ... in order of first appearance."""

    def __init__(self, *first: str) -> None:
        self.type = pl.Categorical(pl.Categories(uuid4().hex, physical=pl.UInt32))
        self._anchor = pl.Series(["", *first], dtype=self.type)
        self.size = 1 + len(first)
        self._words = NO_WORDS
        self._hashes: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)

    def codes(self, strings: pl.Series) -> Codes:
        """Codes of strings, new ones added. Null is not allowed."""
        codes: Codes = strings.cast(self.type).to_physical().to_numpy()
        if len(codes):
            self.size = max(self.size, int(codes.max()) + 1)
        return codes

    def code(self, string: str) -> int:
        """Code of one string."""
        return int(self.codes(pl.Series([string], dtype=pl.String))[0])

    def words(self, codes: Codes) -> pl.Series:
        """The strings as words of a checkpoint."""
        if len(self._words) < self.size:
            self._words = self.strings(np.arange(self.size, dtype=np.uint32)).cast(WORD)
        return self._words.gather(codes)

    @property
    def hashes(self) -> npt.NDArray[np.uint64]:
        """A hash of each string by its code (`half_md5`)."""
        if (known := len(self._hashes)) < self.size:
            new = self.strings(np.arange(known, self.size, dtype=np.uint32))
            self._hashes = np.concatenate([self._hashes, np.array([*map(half_md5, new)], np.uint64)])
        return self._hashes

    def strings(self, codes: Codes) -> pl.Series:
        """The strings themselves."""
        return pl.Series(codes, dtype=pl.UInt32).cat.to(self.type).cast(pl.String)
