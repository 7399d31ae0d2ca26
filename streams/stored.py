"""Values of a field as they came, to their stored form: a number each, or ABSENT, or REFUSED."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from schemas.column import Column, Kind
from streams.facts import Values
from streams.structs import UNSET
from streams.vocabulary import ABSENT, REFUSED, Words, plain_keys

FLAGS = {UNSET: ABSENT, None: 0, False: 1, True: 2}


def stored(column: Column, words: Words | None, values: Sequence[Any]) -> Values:
    """One number per value, of any kind but TIME.

    words: of a string column. A string that is no column is its code's number from 1, or just 1.
    """
    if words is not None:
        return words.codes(values)
    if column.kind is Kind.FLAG:
        return _mapped(FLAGS, values)
    if column.kind is Kind.INTEGER:
        rest = {UNSET: ABSENT, None: int(column.kind.unset)}
        return np.fromiter((rest.get(v, v) for v in values), np.int64, len(values))
    if column.codes:
        return _mapped({UNSET: ABSENT} | {code: n for n, code in enumerate(column.codes, 1)}, values)
    texts = pl.Series([None if v is UNSET else v for v in values], dtype=pl.String)
    plain = plain_keys(texts.fill_null("-"))
    return np.where(texts.is_null().to_numpy(), ABSENT, np.where(plain, 1, REFUSED))


def _mapped(numbers: dict[Any, int], values: Sequence[Any]) -> Values:
    return np.fromiter(map(numbers.__getitem__, values), np.int64, len(values))
