"""The limits on refusing: beyond them the worker stops, instead of emptying a topic into the dead letters.

Many refusals at once mean that a sender or a deployment is broken, not a few records.
"""

import numpy as np
import numpy.typing as npt

from streams.shard import Fatal, Shard

WINDOW = 1_000
"""The ratio is taken over so many records; a shard with fewer is given the time."""


class Limits:
    """Watches the refusals of one shard."""

    def __init__(self, shard: Shard, ratio: float, run: int) -> None:
        self._shard, self._ratio, self._longest = shard, ratio, run
        self._recent = np.zeros(0, bool)
        self._reason = ""
        self._run = 0

    def check(self, refused: npt.NDArray[np.bool_], reason: str) -> None:
        """Look at the records of a batch, in order; raises Fatal, with the reason seen last.

        Where batches end does not matter.
        """
        self._reason = reason or self._reason
        self._check_run(refused)
        seen = np.concatenate([self._recent, refused])
        if len(seen) >= WINDOW:
            sums = np.cumsum(np.concatenate([[0], seen]))
            worst = int((sums[WINDOW:] - sums[:-WINDOW]).max())
            if worst > self._ratio * WINDOW:
                self._stop(f"{worst} of {WINDOW:,} records in a row were refused")
        self._recent = seen[-WINDOW + 1 :]

    def _check_run(self, refused: npt.NDArray[np.bool_]) -> None:
        good = np.flatnonzero(~refused)
        gaps = np.diff(np.concatenate([[-1 - self._run], good, [len(refused)]])) - 1
        self._run = int(gaps[-1])
        if gaps.max() >= self._longest:
            self._stop(f"{int(gaps.max()):,} records one after the other were refused")

    def _stop(self, what: str) -> None:
        raise Fatal(
            f"{self._shard.topic}, partition {self._shard.partition}: {what}, "
            f"the last because: {self._reason} Nothing was committed. "
            "Mend the sender, or raise dead_letter_ratio or dead_letter_run, then start the worker again."
        )
