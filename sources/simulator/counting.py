"""Counting lives: what each was decided to be, once all that is heard of it has been heard.

The rules are those of the table in design, section 4, written down here once more, in the plainest way.
"""

import numpy as np

from sources.simulator.life import Life
from sources.simulator.tally import AMONG, AMOUNT, IN, MET, OUT, STOCK, Column, Tally
from sources.simulator.working_time import DAY, NEVER

ONLINE, FULL, PORTAL, GATEWAY, GRANTED, RETURNED, REPORT, PAPER = 0, 0, 0, 1, 0, 3, 1, 2
WITHDRAWN = 2
PARTIAL = 1


def count_dossiers(tally: Tally, life: Life) -> None:
    """Everything about dossiers that were not voided, and the money."""
    agency = np.where(life["moved_at"] < NEVER, life["other"], life["agency"])
    real = life["voided_at"] == NEVER
    _received(tally, life, agency, real & (life["received_at"] < NEVER))
    _ended(tally, life, agency, real)
    _stocks(tally, life, agency, real)
    _money(tally, life)


def _received(tally: Tally, life: Life, agency: Column, received: Column) -> None:
    online, full = life["channel"] == ONLINE, life["level"] == FULL
    paid = (life["settled_at"] < NEVER) & (life["refunded_at"] == NEVER)
    parts = {
        "online_dossier_rate": (received, online),
        "full_process_dossier_rate": (received, online & full),
        "full_process_use_rate": (received & full, online),
        "online_payment_rate": (received & life["fee_due"], paid & np.isin(life["way"], (PORTAL, GATEWAY))),
        "digitised_dossier_rate": (received, life["digitised"] | (life["digitised_fixed_at"] < NEVER)),
        "data_reuse_rate": (received, life["reused"]),
        "identity_verified_rate": (received, life["verified"]),
        "supplement_rate": (received, life["asked_1_at"] < NEVER),
        "repeat_supplement_rate": (received, life["asked_2_at"] < NEVER),
        "sync_rate": (received, life["synced_at"] < NEVER),
    }
    for kpi, (among, met) in parts.items():
        tally.rate(kpi, agency, life["received_at"], among, met)
    with_fee, by_portal = parts["online_payment_rate"]
    tally.note("payment_used_rate", AMONG, agency, life["procedure"], with_fee)
    tally.note("payment_used_rate", MET, agency, life["procedure"], with_fee & by_portal)
    tally.note("used_service_rate", MET, agency, life["procedure"], received & online)


def ended_at(life: Life) -> Column:
    """When it ended, unless that was taken back."""
    return np.where(life["reopened_at"] < NEVER, NEVER, life["ended_at"])


def due_at(life: Life) -> Column:
    """The promised date as last heard of."""
    due = life["due_at"]
    for told, date in (("extended_at", "due_x_at"), ("back_1_at", "due_1_at"), ("back_2_at", "due_2_at")):
        due = np.where(life[told] < NEVER, life[date], due)
    return due


def _ended(tally: Tally, life: Life, agency: Column, real: Column) -> None:
    at, due = ended_at(life), due_at(life)
    ended = real & (at < NEVER)
    late = ended & (at // DAY > due // DAY)
    outcome = np.where(life["outcome_fixed_at"] < NEVER, RETURNED, life["outcome"])
    sorry = (life["apologised_at"] < NEVER) | (life["extended_at"] < NEVER)
    parts = {
        "on_time_rate": (ended, ~late),
        "returned_rate": (ended, np.isin(outcome, (RETURNED, WITHDRAWN))),
        "apology_rate": (late, sorry),
        "digitised_result_rate": (ended & (outcome == GRANTED), life["file"]),
        "satisfaction_rate": (ended & (life["rated_at"] < NEVER), life["satisfied"]),
    }
    for kpi, (among, met) in parts.items():
        tally.rate(kpi, agency, at, among, met)
    tally.flow("dossiers_overdue", OUT, agency, at, late)
    tally.flow("dossiers_online_overdue", OUT, agency, at, late & (life["channel"] == ONLINE))
    received = real & (life["received_at"] < NEVER)
    unhappy = received & (life["rated_at"] < NEVER) & ~life["satisfied"]
    in_time = (due == NEVER) | (ended & ~late)
    tally.flow("unhappy", OUT, agency, life["received_at"], unhappy & in_time)
    unfinished = (at == NEVER) | (at // DAY > due // DAY)
    tally.unfinished(agency, life["received_at"], due, life["channel"] == ONLINE, received & unfinished)


def _stocks(tally: Tally, life: Life, agency: Column, real: Column) -> None:
    received, at = real & (life["received_at"] < NEVER), ended_at(life)
    tally.flow("dossiers_pending", IN, agency, life["received_at"], received)
    tally.flow("dossiers_pending", OUT, agency, at, received & (at < NEVER))
    end, due, pending = tally.days * DAY, due_at(life), received & (at == NEVER)
    tally.stand("dossiers_due_24h", STOCK, agency, pending & (due >= end) & (due < end + DAY))
    waiting = [(life[f"asked_{n}_at"] < NEVER) & (life[f"back_{n}_at"] == NEVER) for n in (1, 2)]
    tally.stand("dossiers_waiting", STOCK, agency, pending & (waiting[0] | waiting[1]))
    answered = (life["received_at"] < NEVER) | (life["refused_at"] < NEVER)
    overdue = real & ~answered & (life["submitted_at"] < NEVER) & (life["accept_due_at"] < end)
    tally.stand("dossiers_unaccepted_overdue", STOCK, agency, overdue)


def _money(tally: Tally, life: Life) -> None:
    paid = (life["settled_at"] < NEVER) & (life["refunded_at"] == NEVER)
    online = paid & np.isin(life["way"], (PORTAL, GATEWAY))
    for name, chosen in (("fees_paid", paid), ("fees_paid_online", online)):
        tally.flow(name, AMOUNT, life["agency"], life["settled_at"], chosen, life["amount"])


def count_documents(tally: Tally, life: Life) -> None:
    """Electronic documents that were neither recalled nor voided."""
    signed = (life["signed_person_at"] < NEVER) | (life["signed_agency_at"] < NEVER)
    stands = (life["voided_at"] == NEVER) & (life["recalled_at"] == NEVER) & (life["issued_at"] < NEVER)
    electronic = stands & (life["form"] != PAPER)
    report = (life["kind"] == REPORT) | (life["kind_fixed_at"] < NEVER)
    tally.rate("document_signed_rate", life["agency"], life["issued_at"], electronic, signed)
    tally.rate("signed_report_rate", life["agency"], life["issued_at"], electronic & report, signed)


def count_feedback(tally: Tally, life: Life) -> None:
    """Petitions that fell due in the run, and verdicts on answers."""
    answered, refused = life["answered_at"] < NEVER, life["refused_at"] < NEVER
    due = (life["received_at"] < NEVER) & (answered | ~refused)
    agency = life["agency"]
    tally.rate("feedback_on_time_rate", agency, life["due_at"], due, life["answered_at"] <= life["due_at"])
    rated = answered & (life["rated_at"] < NEVER)
    tally.rate("feedback_satisfaction_rate", agency, life["answered_at"], rated, life["satisfied"])


def count_tasks(tally: Tally, life: Life) -> None:
    """Tasks assigned, and done by the end of what is heard."""
    done, assigned = life["done_at"] < NEVER, life["assigned_at"] < NEVER
    tally.rate("task_done_rate", life["agency"], life["assigned_at"], assigned, done)


def count_services(tally: Tally, life: Life) -> None:
    """Services as they are at the end."""
    agency, offered = life["agency"], (life["told_at"] < NEVER) & (life["withdrawn_at"] == NEVER)
    full = (life["level"] == FULL) | (life["upgraded_at"] < NEVER)
    tally.share("full_service_rate", agency, offered & life["eligible_full"], full)
    online = full | (life["level"] == PARTIAL)
    used = tally.distinct["used_service_rate", MET][agency, life["procedure"]]
    tally.share("online_service_rate", agency, offered, online)
    tally.share("used_service_rate", agency, offered & online, used)
    tally.share("payment_service_rate", agency, offered & life["fee_due"], life["payment_integrated"])
