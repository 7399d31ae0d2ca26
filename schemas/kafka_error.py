"""What an error of Kafka means for who runs the program, and how to mend it; never with a secret.

The numbers are those of the Kafka protocol; negative ones are librdkafka's own.
"""

import re
from typing import Protocol

TOPIC, GROUP, CLUSTER = 29, 30, 31
SASL, LOCAL_SASL, LOCAL_TLS = 58, -169, -181
TIMED_OUT, TRANSPORT, ALL_DOWN = -185, -195, -187
REQUEST_TIMED_OUT, BROKER_NOT_AVAILABLE, NOT_CONTROLLER = 7, 8, 41
LATER = frozenset({TIMED_OUT, TRANSPORT, ALL_DOWN, REQUEST_TIMED_OUT, BROKER_NOT_AVAILABLE, NOT_CONTROLLER})
"""What passes when brokers are there again and have agreed on a controller."""
REFUSALS = frozenset({TOPIC, GROUP, CLUSTER, SASL, LOCAL_SASL, LOCAL_TLS})

_ACL = "the user (setting `kafka_user`) lacks an ACL for it; `reform-pulse kafka acls` lists what each needs"
_USER = "unknown user or wrong password (settings `kafka_user`, `kafka_password`)"
_WORDS = {
    TOPIC: _ACL,
    GROUP: _ACL,
    CLUSTER: _ACL,
    SASL: _USER,
    LOCAL_SASL: _USER,
    LOCAL_TLS: "no TLS with the broker; its certificate must name its address, and be signed by an authority "
    "that setting `kafka_ca` names",
}
_SAID = re.compile(r"(?:\w+://(?P<broker>[^/ ]+)/\S+: )?(?P<what>.*?)(?:: error:.*| \(after .*)?", re.DOTALL)
"""Of librdkafka: the broker's address, what happened, and what differs from one try to the next."""


class Error(Protocol):
    """A KafkaError of confluent-kafka."""

    def code(self) -> int:
        """The number."""

    def str(self) -> str:
        """Its text in librdkafka's words."""


def told(error: Error) -> str:
    """The error in words, with how to mend it where that is known."""
    return explained(error.code(), error.str())


def explained(code: int, said: str) -> str:
    """The same for an error of another client: its number, and what it says."""
    advice = _WORDS.get(code)
    if advice is None:
        return said
    found = _SAID.fullmatch(said)
    parts = (found["broker"], found["what"].rstrip(".")) if found else (said,)
    return ": ".join(part for part in (*parts, advice) if part)
