"""librdkafka's admin client, whose errors say why brokers do not let us in, and that soon."""

import time
from concurrent.futures import Future, wait
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.kafka_error import LOCAL_SASL, told
from streams.kafka import Heard, librdkafka
from streams.settings import Settings

_LET_IN_SECONDS = 3.0
_POLL_SECONDS = 0.1


class RefusedError(Exception):
    """Kafka did not do what was asked; the message says why, in words. code: Kafka's or librdkafka's."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Admin:
    """Ask `client`, and wait for its futures by `result`. Hold it as long as an answer is awaited.

    librdkafka goes on trying when a password is wrong, and says "timed out" in the end; here the reason is
    told when no broker has let us in for some seconds.
    """

    def __init__(self, settings: Settings) -> None:
        self._heard = Heard()
        self.client = AdminClient(librdkafka(settings, self._heard) | {"log_level": 0})

    def result(self, future: Future[Any]) -> Any:
        """The answer; blocks on the network. Raises RefusedError."""
        start = time.monotonic()
        while not wait([future], _POLL_SECONDS).done:
            self.client.poll(0)
            if self._heard.trouble and time.monotonic() - start > _LET_IN_SECONDS:
                raise RefusedError(LOCAL_SASL, self._heard.trouble)
        try:
            return future.result()
        except KafkaException as error:
            self.client.poll(0)
            raise RefusedError(error.args[0].code(), self._heard.trouble or told(error.args[0])) from error
