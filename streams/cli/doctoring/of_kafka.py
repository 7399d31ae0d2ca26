"""Checks of Kafka: the topics, where the workers are in them, and whose clock wrote the last records."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from streams.cli.doctoring.finding import Finding
from streams.cli.doctoring.procedure import Procedure

if TYPE_CHECKING:
    from sinks.clickhouse.condition import Reached
    from streams.shard import Shard
    from streams.standing import Standing

AHEAD_SECONDS = 10.0
"""Of our clock, that a record's time may be: more is a clock that is wrong."""
QUIET_SECONDS = 300
"""Without a checkpoint, while records wait: nobody works on them."""
SHOWN = 3


def topic(name: str, partitions: Mapping[str, int]) -> Finding:
    """Whether a topic is there."""
    if name in partitions:
        return Finding(f"topic {name}", True, f"{partitions[name]} partitions")
    return Finding(f"topic {name}", False, "missing; `worker` and `send` create it", Procedure.INSTALL)


def kept(found: "Sequence[Standing]") -> Finding:
    """Whether every committed offset is still in its log."""
    outside = [s for s in found if s.outside]
    note = "every committed offset is in its log"
    if outside:
        each = [f"{_name(s.shard)}: {s.committed}, but the log has {s.first} to {s.end}" for s in outside]
        note = _several(each)
    return Finding("offsets", not outside, note, Procedure.OFFSET)


def lag(found: "Sequence[Standing]", reached: "Collection[Reached]") -> Finding:
    """Whether somebody works on what waits; `reached`: the last checkpoints."""
    waiting = sum(s.lag for s in found)
    age = min((r.age for r in reached), default=None)
    if not waiting:
        return Finding("lag", True, "no events wait")
    last = "there was never a checkpoint" if age is None else f"the last checkpoint was {age:,} s ago"
    quiet = age is None or age > QUIET_SECONDS
    return Finding("lag", not quiet, f"{waiting:,} events wait, {last}", Procedure.LAG)


def ahead(found: "Sequence[Standing]", reached: "Collection[Reached]") -> Finding:
    """Whether the group has committed more than the store holds: then the store is an older one."""
    held = {(r.topic, r.partition): r.next_offset for r in reached}
    lost = [
        f"{_name(s.shard)}: committed {s.committed}, counted up to {held[s.shard]}"
        for s in found
        if s.committed is not None and s.committed > held.get(s.shard, s.committed)
    ]
    note = "the store holds all that was committed"
    if lost:
        note = f"{_several(lost)}; the store is older than the offsets (restored from a backup?)"
    return Finding("store and offsets", not lost, note, Procedure.BACKUP)


def record_clock(newest: float | None, now: float) -> Finding:
    """Whether the newest record is from the future; seconds since 1970 UTC."""
    if newest is None:
        return Finding(
            "clock of Kafka's records", None, "no record to be seen: there is none, or this user may not read"
        )
    early = newest - now
    note = f"the newest is {abs(early):,.1f} s {'ahead of' if early > 0 else 'behind'} our clock"
    return Finding("clock of Kafka's records", early < AHEAD_SECONDS, note, Procedure.CLOCK)


def _name(shard: "Shard") -> str:
    return f"{shard.topic}, partition {shard.partition}"


def _several(notes: list[str]) -> str:
    rest = f"; and {len(notes) - SHOWN} more" if len(notes) > SHOWN else ""
    return "; ".join(notes[:SHOWN]) + rest
