"""What `read` makes of an event: the key it lies under, what it states, and what it must not state."""

from schemas.event import read
from schemas.instant import parse_instant
from tests.schemas.samples import BASE, envelope, event, why
from tests.strategies import NOW

TIME = parse_instant(BASE["time"])


class TestPartitionKey:
    """Two keys for one entity would tear its state in two, and both halves would be counted."""

    def test_is_the_subject(self):
        assert read(envelope(), NOW).partitionkey == BASE["subject"]
        assert read(envelope(partitionkey=BASE["subject"]), NOW).partitionkey == BASE["subject"]
        assert why(envelope(partitionkey="H51.18-220701-0002")) == ("wrong_value", "partitionkey")

    def test_of_a_payment_is_its_dossier(self):
        paid = event("payment.settled", dossier="H51.18-220701-0001") | {"subject": "PAY/1"}
        assert read(paid, NOW).partitionkey == "H51.18-220701-0001"
        assert read({**paid, "partitionkey": "H51.18-220701-0001"}, NOW).partitionkey == "H51.18-220701-0001"
        assert why({**paid, "partitionkey": "H51.18-220701-0002"}) == ("wrong_value", "partitionkey")

    def test_of_a_payment_that_does_not_name_its_dossier_must_be_given(self):
        voided = event("payment.voided") | {"subject": "PAY/1"}
        assert why(voided) == ("missing", "partitionkey")
        assert (
            read({**voided, "partitionkey": "H51.18-220701-0001"}, NOW).partitionkey == "H51.18-220701-0001"
        )
