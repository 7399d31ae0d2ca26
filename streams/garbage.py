"""Python's search for cycles, told to look less often.

Batches and requests make hundreds of thousands of objects that live for milliseconds and form no cycles.
Looked through after every 700 of them, as Python does, they cost a tenth of a worker's or a gateway's time.
"""

import gc

YOUNG, MIDDLE, OLD = 20_000, 10, 10
"""More, and what does form cycles (tasks, errors) adds up to a hundred megabytes between two looks."""


def calm() -> None:
    """Look only after so many new objects, and never again at those that are there now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
