"""Days as calendar months and back, both as numbers since 1970."""

import numpy as np

from streams.index import Numbers

_TABLE = np.arange(50_000).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
"""By day, further than instants may be (schemas.instant): looking up is ten times faster than reckoning."""


def months_of(days: Numbers) -> Numbers:
    """The month of each day."""
    return _TABLE[days]


def first_days(months: Numbers) -> Numbers:
    """The first day of each month."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
