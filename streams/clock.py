"""The one use of the time of day: whoever needs it is given a clock."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns microseconds since 1970 UTC."""


def system_clock() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000
