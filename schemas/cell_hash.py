"""The hash of a cell of the counts: streams and sinks reckon it by themselves, and compare sums of it.

    intHash64(halfMD5(measure) + 3 halfMD5(agency) + 5 halfMD5(procedure) + 7 halfMD5(field) + 9 halfMD5(kind)
              + COHORT cohort + BUCKET bucket + VALUE value)

modulo 2**64, with the functions of ClickHouse. bucket: of an hour, seconds since 1970; of a day or month,
days since 1970, as the cohort. A cube without a dimension leaves it out; a cell without a value of it has "".
"""

from hashlib import md5

FACTORS = {"measure": 1, "agency": 3, "procedure": 5, "field": 7, "kind": 9}
COHORT, BUCKET, VALUE = 0x94D049BB133111EB, 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9


def half_md5(text: str) -> int:
    """The first 8 bytes of its MD5 as a number, as ClickHouse's halfMD5."""
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[:8], "big")
