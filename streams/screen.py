"""A look at the raw bytes of many JSON records: which of them a plain decoder can read without loss.

The columnar JSON reader is lenient: it drops unknown and repeated keys, turns numbers into strings and null
into nothing. So the bytes are counted as well: a record is plain when it has no escape, no array, no line
break, no null, and one nested object; and `keys` and `bare` (numbers and booleans) let the decoder check
that it has read exactly what is there. Anything else goes to the careful reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

QUOTE, COLON, BLANK, BRACE, LINE, ESCAPE, ARRAY, NULL = b'": {\n\\[n'
BARE = np.zeros(256, bool)
BARE[list(b"-0123456789tf")] = True


@dataclass(frozen=True, slots=True)
class Screen:
    """Per record: whether it is plain, how many keys it has, how many values are numbers or booleans."""

    plain: npt.NDArray[np.bool_]
    keys: npt.NDArray[np.int64]
    bare: npt.NDArray[np.int64]


def screen(records: Sequence[bytes]) -> Screen:
    """Screen records, none of which has a line break inside."""
    count = len(records)
    raw = np.frombuffer(b"\n".join(records) + b"\n  ", np.uint8)
    ends = np.flatnonzero(raw == LINE)
    key_ends = np.flatnonzero((raw[:-1] == QUOTE) & (raw[1:] == COLON))
    first = raw[np.minimum(key_ends + 2, len(raw) - 1)]
    first = np.where(first == BLANK, raw[np.minimum(key_ends + 3, len(raw) - 1)], first)
    owner = np.searchsorted(ends, key_ends)
    odd = np.searchsorted(ends, np.flatnonzero((raw == ESCAPE) | (raw == ARRAY)))
    known = (first == QUOTE) | (first == BRACE) | BARE[first]
    plain = _count(owner, first == BRACE, count) == 1
    plain[odd] = False
    plain[owner[~known]] = False
    return Screen(plain, np.bincount(owner, minlength=count), _count(owner, BARE[first], count))


def _count(owner: npt.NDArray[np.intp], chosen: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.int64]:
    return np.bincount(owner[chosen], minlength=count)
