"""A meter that keeps what it is told."""

from collections import Counter


class Counted:
    """What the gateway reported."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.turned_away: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[int] = Counter()

    def accepted(self, client: str, events: int) -> None:
        self.taken[client] += events

    def refused(self, client: str, reason: str, events: int) -> None:
        self.turned_away[client, reason] += events

    def answered(self, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.statuses[status] += 1
