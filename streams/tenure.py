"""One tenure: the shards of one assignment, from assign to revoke, and what is known about their offsets."""

from collections.abc import Mapping

from streams.shard import Batch, Shard


class Tenure:
    """Positions only move forward, and only in unbroken steps; nothing counts after `close`.

    positions: where the next batch of a shard must start.
    committed: what the group has committed, or where the log starts.
    """

    def __init__(self, committed: Mapping[Shard, int | None], starts: Mapping[Shard, int]) -> None:
        known = {shard: offset for shard, offset in committed.items() if offset is not None}
        self.positions = {**starts, **known}
        self.committed = dict(self.positions)
        self._known = known
        self._durable: dict[Shard, int] = {}
        self._blanks: dict[Shard, tuple[int, int]] = {}
        self._closed = False

    def accept(self, start: int, batch: Batch) -> bool:
        """Advance over a batch if it starts where the last one ended; else it is stale or out of turn."""
        if self._closed or self.positions.get(batch.shard) != start:
            return False
        self.positions[batch.shard] = batch.next_offset
        return True

    def skip(self, start: int, batch: Batch) -> None:
        """Note a batch without events: it is durable as soon as all before it is.

        A transaction's marker is such a one; if it were never committed, the log would always seem to wait.
        """
        begun, end = self._blanks.get(batch.shard, (start, start))
        self._blanks[batch.shard] = (begun if end == start else start, batch.next_offset)
        self._pass_blank(batch.shard, self.committed[batch.shard])

    def _pass_blank(self, shard: Shard, offset: int) -> None:
        begun, _ = self._blanks.get(shard, (-1, -1))
        if begun == max(offset, self._durable.get(shard, -1)):
            self._durable[shard] = self._blanks.pop(shard)[1]

    def mark(self, durable: Mapping[Shard, int]) -> None:
        """Note next offsets as durable. ValueError for one that was never delivered: the caller's bug."""
        if self._closed:
            return
        for shard, offset in durable.items():
            if shard not in self.positions:
                continue
            if offset > self.positions[shard]:
                raise ValueError(f"{shard}: {offset} was never delivered, only {self.positions[shard]}")
            self._durable[shard] = max(offset, self._durable.get(shard, offset))
            self._pass_blank(shard, offset)

    def due(self) -> dict[Shard, int]:
        """Return what is durable and not committed yet."""
        if self._closed:
            return {}
        return {s: o for s, o in self._durable.items() if o > self._known.get(s, -1)}

    def confirm(self, offsets: Mapping[Shard, int]) -> None:
        """Note that the broker has taken these."""
        self._known.update(offsets)
        self.committed.update(offsets)

    def close(self) -> None:
        """End it: whoever still holds it can commit nothing any more."""
        self._closed = True
