"""The way into Kafka: events of many requests, each told when every replica has all of its events.

One idempotent producer, and one thread that waits for its acknowledgements. When Kafka is away, a request
learns it after `timeout` seconds; what it sent is given up, so that it does not arrive after the sender was
told no.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.batch import Item
from schemas.kafka_error import REFUSALS, told
from sources.producer import CONFIGURATION, HEADERS

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
WARN_SECONDS = 60.0
WAITING = 100_000
"""Records that may wait for Kafka; more are turned away at once."""


class UnacknowledgedError(Exception):
    """Kafka did not acknowledge all events of a request; the message says why."""


class Outbox:
    """Produces events; `start` ... `stop`. timeout: seconds until Kafka's silence is an answer.

    kafka: bootstrap servers; way: security of the way there, as librdkafka wants it.
    """

    def __init__(self, kafka: str, timeout: float = 10.0, way: Mapping[str, Any] | None = None) -> None:
        self._configuration: dict[str, Any] = CONFIGURATION | {
            **(way or {}),
            "bootstrap.servers": kafka,
            "message.timeout.ms": int(timeout * 1000),
            "linger.ms": 5,
            "queue.buffering.max.messages": WAITING,
        }
        self._timeout = timeout
        self._running = False
        self._warned = float("-inf")

    def start(self) -> None:
        """Connect, and begin to wait for acknowledgements; does not wait for Kafka itself."""
        self._producer = Producer(self._configuration)
        self._running = True
        self._thread = threading.Thread(target=self._wait, name="acknowledgements", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Wait until all is acknowledged or given up; blocks for `timeout` at most."""
        with suppress(KafkaException):  # fatal, and said already
            self._producer.flush(self._timeout)
        self._running = False
        self._thread.join()

    async def deliver(self, items: Sequence[Item]) -> None:
        """Return when every replica has all of them; raises UnacknowledgedError, then send all again."""
        if not items:
            return
        pending = _Pending(len(items), asyncio.get_running_loop())
        try:
            for item in items:
                self._produce(item, pending)
            await pending.all
        except BufferError:
            raise UnacknowledgedError("too many events are waiting for Kafka") from None
        except KafkaException as error:
            self._warn(error.args[0])
            raise UnacknowledgedError(error.args[0].str()) from error

    def _warn(self, error: KafkaError) -> None:
        """Tell whoever runs the gateway, once a minute, what a sender can do nothing about."""
        if error.code() in REFUSALS and time.monotonic() - self._warned > WARN_SECONDS:
            self._warned = time.monotonic()
            log.warning("Kafka does not take the events: %s", told(error))

    def _produce(self, item: Item, pending: "_Pending") -> None:
        event = item.event
        self._producer.produce(
            event.entity.topic,
            key=event.partitionkey.encode(),
            value=item.record,
            headers=list(HEADERS),
            on_delivery=pending.delivered,
        )

    def _wait(self) -> None:
        while self._running:
            try:
                self._producer.poll(POLL_SECONDS)
            except KafkaException as error:  # only for what is fatal
                log.warning("a new producer is made, because Kafka said: %s", told(error.args[0]))
                self._replace()

    def _replace(self) -> None:
        """After a fatal error a producer takes nothing more, such as when the broker has forgotten it."""
        old, self._producer = self._producer, Producer(self._configuration)
        old.purge()
        deadline = time.monotonic() + self._timeout
        while len(old) and time.monotonic() < deadline:  # the requests whose events it held are told
            with suppress(KafkaException):
                old.poll(POLL_SECONDS)


class _Pending:
    """The events of one request that are not acknowledged yet; counted down by one thread only."""

    def __init__(self, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self._left, self._loop = number, loop
        self._failure: KafkaError | None = None
        self.all: asyncio.Future[None] = loop.create_future()

    def delivered(self, error: KafkaError | None, _: Message) -> None:
        """One of them was acknowledged, or given up."""
        self._left -= 1
        if error is not None:
            self._failure = error
        if self._left == 0:
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if self.all.done():  # the client has gone away
            return
        if self._failure:
            self.all.set_exception(KafkaException(self._failure))
        else:
            self.all.set_result(None)
