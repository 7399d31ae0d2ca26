"""Which dead letters are meant."""

from dataclasses import dataclass
from datetime import datetime

from streams.dead_letter import DeadLetter


@dataclass(frozen=True, slots=True)
class Filter:
    """Everything that is named must fit; '' and None fit all. since <= when it was refused < until."""

    source: str = ""
    reason: str = ""
    field: str = ""
    topic: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, letter: DeadLetter) -> bool:
        """Whether a letter is meant; a source means all below it: `/h51` takes `/h51/one-stop`."""
        return (
            (not self.source or f"{letter.source}/".startswith(f"{self.source}/"))
            and (not self.reason or letter.reason == self.reason)
            and (not self.field or letter.field == self.field)
            and (not self.topic or letter.topic == self.topic)
            and (self.since is None or letter.refused_at >= self.since)
            and (self.until is None or letter.refused_at < self.until)
        )
