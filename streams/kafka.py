"""The way to Kafka: what the settings declare once, in librdkafka's words and in aiokafka's.

Every client of the program comes through here; tests/security holds them to that.
"""

import logging
import ssl
import time
from typing import Any

from confluent_kafka import KafkaError

from schemas.kafka_error import LOCAL_SASL, LOCAL_TLS, told
from streams.settings import Settings

log = logging.getLogger(__name__)
# What goes wrong is said by our errors; librdkafka's own lines on stderr would stand beside them.
_silent = logging.getLogger("librdkafka")
_silent.setLevel(logging.CRITICAL + 1)

MECHANISM = "SCRAM-SHA-512"
_AGAIN_SECONDS = 60.0


class Heard:
    """librdkafka's `error_cb`: keeps in `trouble` why a broker last did not let us in; "" until then.

    aloud: also warns of it, once a minute; for clients whose errors are "timed out" and no more.
    """

    def __init__(self, *, aloud: bool = False) -> None:
        self.trouble = ""
        self._aloud, self._said = aloud, float("-inf")

    def __call__(self, error: KafkaError) -> None:
        """Take what a client says of its connections; called by its `poll` and `flush`."""
        if error.code() in (LOCAL_SASL, LOCAL_TLS):
            self.trouble = told(error)
            if self._aloud and time.monotonic() - self._said > _AGAIN_SECONDS:
                self._said = time.monotonic()
                log.warning("Kafka: %s", self.trouble)


def librdkafka(settings: Settings, heard: Heard | None = None) -> dict[str, Any]:
    """Address and security for a client of confluent-kafka. Raises OSError when a file is of no use."""
    files = {
        "ssl.ca.location": settings.kafka_ca,
        "ssl.certificate.location": settings.kafka_certificate,
        "ssl.key.location": settings.kafka_key,
    }
    found: dict[str, Any] = {
        "bootstrap.servers": settings.kafka,
        "security.protocol": settings.kafka_security,
        "error_cb": heard or Heard(aloud=True),
        "logger": _silent,
    }
    if _tls(settings):
        _context(settings)  # says more clearly what is wrong with a file
        found |= {name: str(file) for name, file in files.items() if file}
    if settings.kafka_user:
        found |= {
            "sasl.mechanism": MECHANISM,
            "sasl.username": settings.kafka_user,
            "sasl.password": settings.kafka_password.get_secret_value(),
        }
    return found


def aiokafka(settings: Settings) -> dict[str, Any]:
    """The same for a client of aiokafka, which Faust's are. Raises OSError as above."""
    found: dict[str, Any] = {
        "bootstrap_servers": settings.kafka,
        "security_protocol": settings.kafka_security,
        "ssl_context": _context(settings) if _tls(settings) else None,
    }
    if settings.kafka_user:
        found |= {
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return found


def _tls(settings: Settings) -> bool:
    return settings.kafka_security.endswith("SSL")


def _context(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca)
        if settings.kafka_certificate:
            context.load_cert_chain(settings.kafka_certificate, settings.kafka_key)
    except OSError as error:
        files = (settings.kafka_ca, settings.kafka_certificate, settings.kafka_key)
        named = ", ".join(str(file) for file in files if file)
        raise OSError(
            f"TLS with Kafka: cannot use {named} (PEM, readable, key and certificate of one pair?): "
            f"{error.strerror or error}"
        ) from error
    return context
