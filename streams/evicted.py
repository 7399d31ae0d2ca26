"""Which states have left memory, and a digest of what each said when it did: 24 bytes a state.

The digest shows whether the state that the store gives back is the one that was counted: a worker that had
lost the shard may have written to it since.
"""

import numpy as np
import numpy.typing as npt

from streams.index import Index, Numbers, room

Hashes = npt.NDArray[np.uint64]


class Evicted:
    """A growing map from the first hash of a subject to the digest of its state.

    A key that is not there any more (its state is back in memory) does no harm: memory is asked first. Nor do
    two subjects with one hash: one of them finds a digest that is not its own, and the shard is loaded again.
    """

    def __init__(self) -> None:
        self._index = Index()
        self._digests: Hashes = np.zeros(1, np.uint64)

    def __len__(self) -> int:
        return self._index.size

    def add(self, keys: Numbers, digests: Hashes) -> None:
        """Note states that leave."""
        numbers = self._index.numbers(keys)
        if self._index.size > len(self._digests):
            self._digests = np.resize(self._digests, room(self._index.size, len(self._digests)))
        self._digests[numbers] = digests

    def has(self, keys: Numbers) -> npt.NDArray[np.bool_]:
        """Which of the keys belong to states that have left."""
        return self._index.find(keys) >= 0

    def agrees(self, keys: Numbers, digests: Hashes) -> npt.NDArray[np.bool_]:
        """Which states, of those that have left, are still what they were."""
        agrees: npt.NDArray[np.bool_] = self._digests[self._index.find(keys)] == digests
        return agrees
