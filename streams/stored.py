"""Values of a field as they came, to their stored form: a number each, or ABSENT, or REFUSED."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from schemas.column import Column, Kind
from schemas.instant import LATEST
from streams.facts import Values
from streams.instants import NOT_TAKEN, parse
from streams.structs import UNSET
from streams.vocabulary import ABSENT, REFUSED, Words, plain_keys

FLAGS = {UNSET: ABSENT, None: 0, False: 1, True: 2}


def stored(column: Column, words: Words | None, values: Sequence[Any], latest: int) -> Values:
    """One number per value. words: of a string column; a string that is no column is its code's number, or 1.

    latest: the latest instant that may have happened, microseconds since 1970 UTC.
    """
    match column.kind:
        case Kind.FLAG:
            return np.fromiter(map(FLAGS.__getitem__, values), np.int64, len(values))
        case Kind.INTEGER:
            rest = {UNSET: ABSENT, None: int(column.kind.unset)}
            return np.fromiter((rest.get(v, v) for v in values), np.int64, len(values))
        case Kind.TIME:
            return _instants(values, LATEST if column.ahead else latest)
    if words is not None:
        return words.codes(values)
    if column.codes:
        numbers = {UNSET: ABSENT} | {code: number for number, code in enumerate(column.codes, 1)}
        return np.fromiter(map(numbers.__getitem__, values), np.int64, len(values))
    return _texts(values)


def instants(texts: Sequence[str], latest: int) -> Values:
    """Instants of texts up to `latest`, REFUSED for others."""
    times = parse(texts)
    times[(times == NOT_TAKEN) | (times > latest)] = REFUSED
    return times


def _instants(values: Sequence[Any], latest: int) -> Values:
    if set(map(type, values)) == {str}:
        return instants(values, latest)
    result = np.fromiter((0 if v is None else ABSENT for v in values), np.int64, len(values))
    rows = [row for row, value in enumerate(values) if isinstance(value, str)]
    result[rows] = instants([values[row] for row in rows], latest)
    return result


def _texts(values: Sequence[Any]) -> Values:
    texts = pl.Series([None if v is UNSET else v for v in values], dtype=pl.String)
    plain = plain_keys(texts.fill_null("-"))
    return np.where(texts.is_null().to_numpy(), ABSENT, np.where(plain, 1, REFUSED))
