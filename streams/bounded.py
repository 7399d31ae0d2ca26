"""Bounded labels: what senders choose must not make Prometheus grow without end."""

OTHER = "other"
UNKNOWN = "unknown"


class Bounded:
    """The first so many values keep their name; later ones share `other`. An empty one is `unknown`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def label(self, value: str) -> str:
        """The label of a value."""
        if not value:
            return UNKNOWN
        if value not in self._known and len(self._known) >= self._limit:
            return OTHER
        self._known.add(value)
        return value
