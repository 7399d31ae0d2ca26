"""What `read` makes of an event: the key it lies under, what it states, and what it must not state."""

import pytest

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


class TestWhatHasHappened:
    """A milestone in the future is a fault of the source (domain, 5.2); a promise is not."""

    @pytest.mark.parametrize("name", ["received", "corrected", "snapshot"])
    def test_lies_in_the_past(self, name):
        data = {"reason": "x"} if name == "corrected" else {}
        far = event(f"dossier.{name}", received_at="2099-01-01T00:00:00Z", **data)
        assert why(far) == ("future_time", "data.received_at")

    def test_may_lie_ten_minutes_ahead(self):
        assert why(event(received_at="2026-01-01T07:10:00+07:00")) is None
        assert why(event(received_at="2026-01-01T07:10:00.000001+07:00")) is not None

    def test_a_promise_or_a_plan_may_lie_ahead(self):
        assert why(event(due_at="2099-01-01T00:00:00Z")) is None
        assert why(event("service.withdrawn", withdrawn_at="2030-07-01T00:00:00+07:00")) is None
        assert why(event("task.assigned", due_at="2030-12-31T17:00:00+07:00")) is None


def test_supplements_are_counted_from_one():
    asked = "dossier.supplement_requested"
    assert why(event(asked, ordinal=0)) == ("wrong_value", "data.ordinal")
    assert read(event(asked, ordinal=2), NOW).registers == {"waiting_since": TIME, "supplements": 2}
    assert read(event(asked), NOW).registers == {"waiting_since": TIME, "supplements": 1}
