"""What the gateway reports of its work; `streams.cli` hands in where it goes."""

from typing import Protocol


class Meter(Protocol):
    """Counts. client: the name of a key, so there are few."""

    def accepted(self, client: str, events: int) -> None:
        """So many events are in Kafka."""

    def refused(self, client: str, reason: str, events: int) -> None:
        """So many events were not taken."""

    def answered(self, status: int, seconds: float) -> None:
        """A request was answered."""
