"""Reads what a saboteur wrote down, and holds it against what the group has committed."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from streams.shard import Shard


def written_again(journal: Path, committed: Mapping[Shard, int]) -> Counter[Shard]:
    """How many checkpoints of a process, per shard, will come again: begun, and not committed."""
    found: Counter[Shard] = Counter()
    for line in journal.read_text(encoding="utf-8").splitlines():
        for topic, partition, next_offset in json.loads(line):
            shard = Shard(topic, partition)
            found[shard] += next_offset > committed.get(shard, 0)
    return found
