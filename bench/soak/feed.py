"""A steady feed: so many events a second about a fixed number of dossiers, for as long as it runs.

The dossiers do not become more, and nothing closes: what still grows in the worker is a leak. Every twentieth
event is sent twice, every tenth happened up to a minute before.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random

from sources.producer import EventProducer

TOPIC = "reform.dossiers"
TICK = 0.05
AGENCIES, PROCEDURES = 60, 200
COURSE = (
    ("received", '"agency":"H51.{agency}","procedure":"1.{procedure:06}","channel":"online","fee_due":true'),
    ("fee_paid", '"paid_channel":"portal"'),
    ("corrected", '"reason":"soak","due_at":"{due}"'),
    ("fee_refunded", ""),
    ("corrected", '"reason":"soak","channel":"counter"'),
)


class Feed:
    """Sends from a thread of its own between `start` and `stop`. sent: how many so far."""

    def __init__(self, kafka: str, rate: int, dossiers: int) -> None:
        self._kafka, self._rate, self._dossiers = kafka, rate, dossiers
        self._dice = Random(1)  # noqa: S311 - reproducible, not secret
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent = self.unique = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        begun = time.monotonic()
        with EventProducer(self._kafka) as producer:
            while not self._over.wait(TICK):
                for _ in range(int((time.monotonic() - begun) * self._rate) - self.sent):
                    self._send(producer)

    def _send(self, producer: EventProducer) -> None:
        number, turn = self.unique % self._dossiers, self.unique // self._dossiers
        subject = f"H51.{number % AGENCIES}-260101-{number:06}"
        record = self._record(subject, number, turn).encode()
        copies = 1 + (self._dice.random() < 0.05)
        for _ in range(copies):
            producer.send(TOPIC, subject, record)
        self.sent += copies
        self.unique += 1

    def _record(self, subject: str, number: int, turn: int) -> str:
        name, data = COURSE[turn % len(COURSE)]
        now = datetime.now(UTC)
        if self._dice.random() < 0.1:
            now -= timedelta(seconds=self._dice.randrange(60))
        due = (now + timedelta(days=5)).isoformat()
        filled = data.format(agency=number % AGENCIES, procedure=number % PROCEDURES, due=due)
        return (
            f'{{"specversion":"1.0","id":"{self.unique}","source":"/soak","subject":"{subject}",'
            f'"type":"vn.reform.dossier.{name}.v1","time":"{now.isoformat()}","data":{{{filled}}}}}'
        )
