"""The cells of a shard in short: a digest for each month, which the store reckons of its cells, we of ours.

Where both are the same the cells are, but for one case in 2**64, and need not be read. The digest of a
month is the sum, modulo 2**64, of the hash (schemas.cell_hash) of each cell that is not 0; so neither order
nor grouping matters.
"""

import numpy as np
import numpy.typing as npt

from schemas.cell_hash import BUCKET, COHORT, FACTORS, VALUE, half_md5
from schemas.instant import DAY, HOUR, MICROSECONDS, OFFSET
from streams.cells import Cells
from streams.derive import Derivation, Family
from streams.index import Numbers
from streams.months import first_days, months_of

Hashes = npt.NDArray[np.uint64]

_START, _SHIFT = np.uint64(0x4CF2D2BAAE6DA887), np.uint64(33)
_MIXERS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


def int_hash(numbers: Hashes) -> Hashes:
    """MurmurHash3's last step, as ClickHouse's intHash64."""
    mixed = numbers ^ _START
    for mixer in _MIXERS:
        mixed ^= mixed >> _SHIFT
        mixed *= mixer
    mixed ^= mixed >> _SHIFT
    return mixed


def months(cube: str, buckets: Numbers) -> Numbers:
    """The Vietnamese month, since 1970, of each bucket as `Cells` numbers them."""
    if cube == "monthly":
        return buckets
    return months_of((buckets * HOUR + OFFSET) // DAY if cube == "hourly" else buckets)


def digests(derivation: Derivation, family: Family, cube: str, cells: Cells) -> dict[int, int]:
    """The digest of each month in which the family has a cell that is not 0."""
    places, buckets, values = cells.table()
    if not len(places):
        return {}
    keys = _places(derivation, family, cube, places) + _buckets(cube, buckets) * np.uint64(BUCKET)
    numbers = months(cube, buckets)
    first = int(numbers.min())
    numbers = numbers - first
    totals, filled = np.zeros(int(numbers.max()) + 1, np.uint64), np.zeros(int(numbers.max()) + 1, bool)
    for measure, column in zip(family.measures, values.T, strict=True):
        rows = np.flatnonzero(column)
        hashed = keys[rows] + np.uint64(half_md5(measure.name))
        hashed += column[rows].astype(np.uint64) * np.uint64(VALUE)
        np.add.at(totals, numbers[rows], int_hash(hashed))
        filled[numbers[rows]] = True
    return {first + month: int(totals[month]) for month in np.flatnonzero(filled).tolist()}


def _buckets(cube: str, buckets: Numbers) -> Hashes:
    if cube == "hourly":
        return (buckets * (HOUR // MICROSECONDS)).astype(np.uint64)
    return (first_days(buckets) if cube == "monthly" else buckets).astype(np.uint64)


def _places(derivation: Derivation, family: Family, cube: str, places: Numbers) -> Hashes:
    """What agency, dimensions and cohort add to the hash of each place's cells."""
    dictionaries = derivation.dictionaries(family)
    if cube != "daily":
        agency = dictionaries[0]
        assert agency is not None  # noqa: S101 - for the type checker
        return agency.hashes[family.agencies.codes(places)[0]] * np.uint64(FACTORS["agency"])
    absent = FACTORS.keys() - {"measure", *derivation.place_columns}
    total = np.full(len(places), sum(half_md5("") * FACTORS[name] for name in absent) % 2**64, np.uint64)
    names = [*derivation.place_columns, "cohort"]
    for name, dictionary, codes in zip(names, dictionaries, family.daily.codes(places), strict=False):
        if dictionary is None:
            total += codes.astype(np.uint64) * np.uint64(COHORT)
        else:
            total += dictionary.hashes[codes] * np.uint64(FACTORS[name])
    return total
