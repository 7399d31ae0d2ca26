"""Fees: whether one is due, how it is paid, and what goes wrong with it (domain, section 5.4)."""

import numpy as np

from sources.simulator.dice import Dice
from sources.simulator.life import Life
from sources.simulator.working_time import NEVER, WORKDAY, WorkingTime

PORTAL, GATEWAY, TRANSFER, CASH = range(4)


def fees(life: Life, time: WorkingTime, dice: Dice, of: Life) -> None:
    """Add the payment of each dossier; times in working seconds become moments."""
    number, online = len(life["agency"]), life["channel"] == 0
    due = dice.hit(of["fee"], number) & (life["amount"] > 0)
    share = np.where(online, of["paid_online"], of["paid_online_at_counter"])
    by_portal, in_cash = dice.hit(0.65, number), dice.hit(np.where(online, 0.3, 0.85), number)
    electronic = np.where(by_portal & online, PORTAL, GATEWAY)
    paid_online = dice.hit(share, number)
    asked = life["accepted"] + dice.between(60, 600, number)
    failed = asked + dice.between(60, 1_800, number)
    fails = dice.hit(of["payment_failed"], number) & paid_online
    settled = np.where(fails, failed, asked) + dice.between(60, 3_600, number)
    settles = due & ~dice.hit(of["unpaid"], number)
    refunds = settles & dice.hit(of["refunded"], number)
    refunded = settled + dice.between(60, WORKDAY, number)
    steps = {
        "asked_at": (due, asked),
        "failed_at": (due & fails, failed),
        "settled_at": (settles, settled),
        "refunded_at": (refunds, refunded),
    }
    life["fee_due"] = due
    life["way"] = np.where(paid_online, electronic, np.where(in_cash, CASH, TRANSFER))
    life |= {name: time.moments(np.where(done, at, NEVER)) for name, (done, at) in steps.items()}
