"""A real Apache Kafka that lets nobody in without a password, over TLS, and to nothing without an ACL."""

from pathlib import Path

from confluent_kafka.admin import AdminClient

from tests.brokers import ApacheKafka, free_ports
from tests.security.certificates import ADDRESS, Authority

SECURITY = Path(__file__).parents[2] / "deploy" / "kafka" / "security.properties"
ADMIN, PASSWORD = "admin", "the-first-password"


def password_of(user: str) -> str:
    """Of users that the tests make."""
    return PASSWORD if user == ADMIN else f"{user}-s-own-password"


class SecureKafka(ApacheKafka):
    """One node with deploy/kafka/security.properties. `ca`: the file of the authority it is known by.

    between: the address of the nodes among themselves, who show `node`, their certificate.
    """

    def __init__(self) -> None:
        super().__init__()
        authority = Authority(self.home)
        self.ca = authority.ca
        self.node = authority.pair("kafka")
        self.way_in = self.as_user(ADMIN, PASSWORD)

    @property
    def admin(self) -> AdminClient:
        """A client of the user that may do everything."""
        return AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0} | self.way_in)

    def settings(self, user: str, password: str | None = None) -> dict[str, str]:
        """The program's settings for this user; a role's password is `password_of` it."""
        return {
            "kafka": self.bootstrap,
            "kafka_security": "SASL_SSL",
            "kafka_user": user,
            "kafka_password": password_of(user) if password is None else password,
            "kafka_ca": str(self.ca),
        }

    def as_user(self, user: str, password: str) -> dict[str, str]:
        """What a librdkafka client needs to come in as this user."""
        return {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": password,
            "ssl.ca.location": str(self.ca),
        }

    def _listeners(self, controller: str) -> str:
        self.between = f"{ADDRESS}:{free_ports(1)[0]}"
        return (
            f"{SECURITY.read_text()}\n"
            f"listeners=CLIENTS://{self.bootstrap},BROKERS://{self.between},CONTROLLER://{controller}\n"
            f"advertised.listeners=CLIENTS://{self.bootstrap},BROKERS://{self.between}\n"
            f"ssl.keystore.location={self.node.both}\nssl.truststore.location={self.ca}"
        )

    def _first_users(self) -> list[str]:
        return ["--add-scram", f"SCRAM-SHA-512=[name={ADMIN},password={PASSWORD}]"]
