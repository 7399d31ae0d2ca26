"""Freshness: an event a second, and when its count is seen, in ClickHouse and at the worker's /metrics.

The clock starts when Kafka acknowledges the event, and stops when a query, or a scrape, that was begun after
the count had changed is answered.
"""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sources.producer import EventProducer

TOPIC, AGENCY = "reform.tasks", "H51.99"
EVERY_SECONDS = 1.0


class Probes:
    """Sends between `start` and `stop`; the counts are asked for by `ask`, every `pause` seconds each.

    freshness: per way of asking, seconds of each probe in order.
    """

    def __init__(self, kafka: str, **ask: tuple[Callable[[], float], float]) -> None:
        self._kafka, self._ask = kafka, ask
        self._accepted: list[float] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True)]
        self._threads += [threading.Thread(target=self._watch, args=(name,), daemon=True) for name in ask]
        self.freshness: dict[str, list[float]] = {name: [] for name in ask}

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        with EventProducer(self._kafka) as producer:
            while not self._over.wait(EVERY_SECONDS):
                subject = f"probe-{len(self._accepted)}"
                producer.send(TOPIC, subject, _record(subject), self._note)
                producer.flush()

    def _note(self) -> None:
        self._accepted.append(time.monotonic())

    def _watch(self, name: str) -> None:
        ask, pause = self._ask[name]
        seen = self.freshness[name]
        while not self._over.wait(pause):
            count, now = int(ask()), time.monotonic()
            seen += [now - accepted for accepted in self._accepted[len(seen) : count]]


def _record(subject: str) -> bytes:
    event = {
        "specversion": "1.0",
        "id": subject,
        "source": "/soak/probes",
        "type": "vn.reform.task.assigned.v1",
        "subject": subject,
        "time": datetime.now(UTC).isoformat(),
        "data": {"agency": AGENCY, "kind": "plan"},
    }
    return json.dumps(event).encode()
