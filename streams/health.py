"""Health means progress: the committed offset against the end of the log, looked at again and again.

Ready: the shards are loaded, and either nothing waits in the log or offsets were committed within two
sessions. Live: the same, but a worker that waits for Kafka, ClickHouse or the dead letters, and goes on
trying, lives: a restart would mend nothing and lose what is loaded.

Standing still is counted in looks, not by the clock: a process that was stopped for a while, with its
machine or by a signal, is not stuck when it goes on.
"""

from typing import Any, NamedTuple

from streams.app import BACKLOG_PATIENCE
from streams.look import Look
from streams.settings import Settings

_SESSIONS = 2  # without progress, until the worker is not ready, and stuck
_JOINING_SESSIONS = 10  # without shards, until it is stuck: a rebalance takes two, a broker's start more
_REQUESTS = 10  # a checkpoint, or the load of a shard, is about so many requests, each with its own limit


class Verdict(NamedTuple):
    """good, or why not."""

    good: bool
    why: str = ""


class Health:
    """Judges looks that are `interval` seconds apart; to be asked from any thread."""

    def __init__(self, settings: Settings) -> None:
        self.interval = settings.session_timeout / 4
        checkpoint = BACKLOG_PATIENCE * settings.checkpoint_seconds  # the longest that one is put off
        self._limit = _SESSIONS * max(settings.session_timeout, checkpoint)
        self._joining = _JOINING_SESSIONS * settings.session_timeout
        self._request = max(self._limit, _REQUESTS * settings.clickhouse_timeout)
        self._waits = "starting"
        self._seen = Look()
        self._still = 0.0  # seconds without a commit while events wait
        self._idle = 0.0  # the same, but a new try counts as progress

    def waits(self, what: str) -> None:
        """Before there is a worker to look at: what the start waits for."""
        self._waits = f"waiting for {what}"

    def look(self, seen: Look) -> None:
        """Judge by one more look."""
        last, self._seen, self._waits = self._seen, seen, ""
        moved = (seen.shards, seen.committed) != (last.shards, last.committed)
        done = seen.shards is not None and seen.lag == 0
        tried = seen.away or seen.tries != last.tries
        self._still = 0.0 if moved or done else self._still + self.interval
        self._idle = 0.0 if moved or done or tried else self._idle + self.interval

    @property
    def ready(self) -> Verdict:
        """Whether its numbers keep up with the log."""
        if self._waits:
            return Verdict(False, self._waits)
        if self._seen.shards is None:
            return Verdict(False, f"no shards yet{self._cause}")
        return Verdict(False, self._why) if self._still > self._limit else Verdict(True)

    @property
    def live(self) -> Verdict:
        """Whether a restart would be of no use."""
        if self._waits or self._idle <= self._patience:
            return Verdict(True)
        return Verdict(False, "no shards" if self._seen.shards is None else self._why)

    def as_dict(self) -> dict[str, Any]:
        """What the last look saw, for people."""
        seen = self._seen
        return {"shards": seen.shards, "lag": seen.lag, "seconds_without_commit": round(self._still, 3)}

    @property
    def _patience(self) -> float:
        if self._seen.out:
            return self._request
        return self._joining if self._seen.shards is None else self._limit

    @property
    def _why(self) -> str:
        lag = self._seen.lag
        waiting = "the broker does not tell how many events" if lag is None else f"{lag:,} events"
        return f"nothing committed for {self._still:.0f} s, and {waiting} wait{self._cause}"

    @property
    def _cause(self) -> str:
        if self._seen.away:
            return ": Kafka cannot be reached"
        if self._seen.trouble:
            return f": {self._seen.trouble}"
        return ": waiting for a sink" if self._seen.out else ""
