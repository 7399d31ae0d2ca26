"""Texts of instants of a whole batch: put down where they are met, parsed all at once."""

from collections.abc import Sequence

import numpy as np

from streams.instants import Instants, parse


class Times:
    """Instants by number, in the order in which they were added."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._lengths: list[Instants] = []
        self._count = 0

    def add(self, texts: Sequence[str]) -> slice:
        """Put down texts; the slice finds their instants."""
        start = self._count
        self._count += len(texts)
        self._texts.append("".join(texts))
        self._lengths.append(np.fromiter(map(len, texts), np.int64, len(texts)))
        return slice(start, self._count)

    def instants(self) -> Instants:
        """Microseconds since 1970 UTC of all texts, or NOT_TAKEN (see streams.instants)."""
        texts = "".join(self._texts).encode("ascii", "replace")  # a byte for each sign, whatever it is
        return parse(texts, np.concatenate([np.zeros(0, np.int64), *self._lengths]))
