"""Fees: how a dossier's fee was paid, as events of the payment and of the dossier it pays for."""

from random import Random

from sources.nga_nam.cases import Case
from sources.nga_nam.hours import DAY, later
from sources.nga_nam.story import ONE_STOP, PAYMENTS, Event, Story

WAYS = {
    "online": (("portal", "gateway", "transfer", "cash"), (40, 20, 10, 30)),
    "postal": (("gateway", "transfer", "cash"), (10, 70, 20)),
    "counter": (("gateway", "transfer", "cash"), (4, 6, 90)),
}


def tell_fee(story: Story, case: Case, rng: Random) -> list[Event]:
    """Tell the dossier that its fee was paid; the payment's own events are returned."""
    if not story.events[-1]["data"]["fee_due"]:
        return []
    way = rng.choices(*WAYS[case.channel])[0]
    source = PAYMENTS if way in ("portal", "gateway") else ONE_STOP
    payment = Story("payment", f"{case.code}-P1", source, case.code)
    asked = later(rng, case.dates.received, 600)
    amount = {"dossier": case.code, "agency": case.office.code, "amount": case.procedure.fee}
    payment.tell("requested", asked, amount)
    if source == PAYMENTS and rng.random() < 0.04:
        asked = later(rng, asked, 1_800)
        payment.tell("failed", asked)
    settled = later(rng, asked, 3_600)
    payment.tell("settled", settled, {"channel": way})
    story.tell("fee_paid", settled, {"paid_channel": way}, source)
    if rng.random() < 0.004:
        _refunded(story, payment, later(rng, settled, DAY), source)
    return payment.events


def _refunded(story: Story, payment: Story, second: int, source: str) -> None:
    payment.tell("refunded", second)
    story.tell("fee_refunded", second, source=source)
