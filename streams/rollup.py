"""Which agencies have a Prometheus label of their own, and under which one the others are counted.

The rule looks at codes only, so that all workers that have seen the same agencies choose alike: codes are cut
to `depth` parts, then the first `limit` stay, those higher up in the tree first. The rest is counted under
the nearest agency above it that stayed, or under `other`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.bounded import OTHER, UNKNOWN


@dataclass(frozen=True, slots=True)
class RollUp:
    """Labels by agency code. own: how many codes have a label that is theirs; moved: how many have not."""

    labels: dict[str, str]
    own: int
    moved: int


def roll_up(codes: Iterable[str], depth: int, limit: int) -> RollUp:
    """Choose labels; depth 0: codes of any length."""
    every = sorted(set(codes) - {""}, key=lambda code: (code.count("."), code))
    cut = dict.fromkeys(_above(code, depth) if depth else code for code in every)
    kept = set(list(cut)[:limit])
    labels = {code: _nearest(code, kept) for code in every} | {"": UNKNOWN}
    moved = sum(code != label for code, label in labels.items() if code)
    return RollUp(labels, len(every) - moved, moved)


def _above(code: str, depth: int) -> str:
    return ".".join(code.split(".")[:depth])


def _nearest(code: str, kept: set[str]) -> str:
    while code and code not in kept:
        code = code.rpartition(".")[0]
    return code or OTHER
