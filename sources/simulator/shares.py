"""How often things happen: base shares, each with its source, and each agency's own around them.

Sources: "Lâm Đồng" are that province's figures of 2025 (domain, section 3), "S1", "S3", "S4" the documents of
section 1; what has no source was chosen to be plausible.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from sources.simulator.dice import Dice

SPREAD = 0.35
"""Standard deviation, in log odds, of the agencies around a share."""


@dataclass(frozen=True)
class Shares:
    """Shares from 0 to 1."""

    online: float = (
        0.78  # of dossiers whose service is offered online; with full-process ones near Lâm Đồng's 52 %
    )
    postal: float = 0.02  # of the others
    organisation: float = 0.12
    elsewhere: float = 0.03  # handed in at another agency's counter (Decree 118/2025)
    accepted_late: float = 0.04  # online, not within the 8 working hours
    refused: float = 0.025  # online, not accepted
    ignored: float = 0.002  # online, never answered
    fee: float = 0.95  # dossiers of fee procedures with a fee to pay
    unpaid: float = 0.03
    paid_online: float = 0.786  # of online dossiers; Lâm Đồng: 78.61 %
    paid_online_at_counter: float = 0.08
    payment_failed: float = 0.04  # at the first try
    refunded: float = 0.004
    digitised: float = 0.60  # of dossiers handed in on paper; with online ones near Lâm Đồng's 82 %
    reused: float = 0.8376  # Lâm Đồng: 83.76 %
    verified: float = 0.40  # of online dossiers
    supplement: float = 0.08
    second_supplement: float = 0.20  # of these
    unanswered: float = 0.05  # supplement requests that nobody answers
    extended: float = 0.03
    late: float = 0.0272  # Lâm Đồng: 97.28 % on time
    stuck: float = 0.002  # never ended
    apologised: float = 0.60  # of late ones
    granted: float = 0.955
    denied: float = 0.010
    withdrawn: float = 0.010  # what is left is returned
    result_file: float = 0.62
    handed_out: float = 0.97
    synced: float = 0.93
    rated: float = 0.12
    satisfied: float = 0.8864  # S1: SIPAS 88.64 %
    signed_person: float = 0.75  # "low" in S3, 99.2 % in S4
    signed_report: float = 0.90
    signed_agency: float = 0.85  # of those signed by a person
    sent: float = 0.70
    recalled: float = 0.005
    answered: float = 0.94  # petitions
    answered_late: float = 0.06
    feedback_refused: float = 0.04
    feedback_rated: float = 0.70
    feedback_satisfied: float = 0.90
    task_done: float = 0.60  # S3: 15 of 25, 5 of 8
    malformed: float = 0.0  # extra records that no one can read, per event

    def but(self, changes: dict[str, float]) -> "Shares":
        """The same with some shares changed."""
        return replace(self, **changes)


PerAgency = dict[str, NDArray[np.float64]]
"""Share by name: one value per agency."""


def per_agency(shares: Shares, agencies: int, dice: Dice) -> PerAgency:
    """Every agency's own shares, around the base ones; 0 and 1 stay what they are."""
    return {field.name: _around(getattr(shares, field.name), agencies, dice) for field in fields(shares)}


def _around(share: float, agencies: int, dice: Dice) -> NDArray[np.float64]:
    deviation = dice.normal(SPREAD, agencies)
    odds = np.inf if share == 1.0 else share / (1.0 - share)
    shifted = odds * np.exp(deviation)
    return np.where(np.isinf(shifted), 1.0, shifted / (1.0 + np.where(np.isinf(shifted), 0.0, shifted)))
