"""A dead letter: what was refused, where it lies in the log, and why; never the record itself.

It holds no personal data: `field` and `value` are masked by `schemas.refusal`. To send the event again one
reads it again at (topic, partition, offset).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from schemas.refusal import Refusal
from streams.shard import Shard

READERS = "reform-pulse-dead-letters"
"""The consumer group in whose name dead letters are read."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused record.

    source: the CloudEvents source as far as known, else empty. reason: code of `schemas.refusal.Reason`.
    reason_vi, reason_en: the same in words. value: the masked value, empty for secret papers.
    refused_at: when the worker refused it, with a zone.
    """

    topic: str
    partition: int
    offset: int
    source: str
    reason: str
    reason_vi: str
    reason_en: str
    field: str
    value: str
    refused_at: datetime

    @classmethod
    def of(cls, shard: Shard, offset: int, source: str, refusal: Refusal, refused_at: datetime) -> Self:
        """Make the dead letter of a refusal."""
        reason, field = refusal.reason, refusal.field
        words = (reason.code, reason.vi(field), reason.en(field))
        return cls(shard.topic, shard.partition, offset, source, *words, field, refusal.value, refused_at)


class DeadLetters(Protocol):
    """Where dead letters go."""

    def write(self, letters: Sequence[DeadLetter]) -> None:
        """Write all; they are safe when it returns. Blocks; raises StoreError, then repeat it."""
