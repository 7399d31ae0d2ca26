"""The oracle's rules: of which states a KPI's two sides and a stock are made. See `tests.oracle`."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from tests import oracle_more as more
from tests.oracle_states import State

ZONE = timedelta(hours=7)

Condition = Callable[[State, date], bool]


def local(micros: int) -> datetime:
    """Wall clock in Vietnam, naive."""
    return datetime(1970, 1, 1) + timedelta(microseconds=micros) + ZONE  # noqa: DTZ001


def day(s: State, column: str) -> date | None:
    return local(s[column]).date() if known(s, column) else None


def known(s: State, column: str) -> bool:
    return s.get(column) is not None


def is_in(s: State, column: str, *values: Any) -> bool:
    return s.get(column) in values


def late(s: State) -> bool:
    ended, due = day(s, "ended_at"), day(s, "due_at")
    return ended is not None and due is not None and ended > due


def in_time(s: State, as_of: date) -> bool:
    """Decision 766: ended on time, or not yet due. Only a dossier that fell due before `as_of` can fail."""
    due = day(s, "due_at")
    fell_due = due is not None and due < as_of
    return not fell_due or (known(s, "ended_at") and not late(s))


def settled_in_time(s: State) -> bool:
    """It can never fall due unfinished any more."""
    return not known(s, "due_at") or (known(s, "ended_at") and not late(s))


def signed(s: State) -> bool:
    return known(s, "signed_person_at") or known(s, "signed_agency_at")


def electronic(s: State) -> bool:
    return is_in(s, "form", "electronic", "both")


def answer_due(s: State, as_of: date) -> bool:
    """Answered, or due and neither answered nor refused."""
    due = day(s, "due_at")
    return known(s, "answered_at") or (due is not None and due < as_of and not known(s, "refused_at"))


def answered_by_due(s: State) -> bool:
    return known(s, "answered_at") and s["answered_at"] <= s["due_at"]


def every(_s: State, _as_of: date) -> bool:
    return True


# name -> (entity, counted at, denominator, numerator); the numerator is counted among the denominator.
KPIS: dict[str, tuple[str, str, Condition, Condition]] = {
    "document_signed_rate": ("document", "issued_at", lambda s, _: electronic(s), lambda s, _: signed(s)),
    "signed_report_rate": (
        *("document", "issued_at"),
        lambda s, _: electronic(s) and is_in(s, "kind", "report"),
        lambda s, _: signed(s),
    ),
    "online_dossier_rate": ("dossier", "received_at", every, lambda s, _: is_in(s, "channel", "online")),
    "full_process_dossier_rate": (
        *("dossier", "received_at", every),
        lambda s, _: is_in(s, "channel", "online") and is_in(s, "service_level", "full"),
    ),
    "full_process_use_rate": (
        *("dossier", "received_at"),
        lambda s, _: is_in(s, "service_level", "full"),
        lambda s, _: is_in(s, "channel", "online"),
    ),
    "online_payment_rate": (
        *("dossier", "received_at"),
        lambda s, _: is_in(s, "fee_due", True),
        lambda s, _: is_in(s, "paid_channel", "portal", "gateway"),
    ),
    "on_time_rate": ("dossier", "ended_at", every, lambda s, _: not late(s)),
    "in_time_rate": ("dossier", "received_at", every, in_time),
    "returned_rate": (
        "dossier",
        "ended_at",
        every,
        lambda s, _: is_in(s, "outcome", "returned", "withdrawn"),
    ),
    "apology_rate": ("dossier", "ended_at", lambda s, _: late(s), lambda s, _: known(s, "apologised_at")),
    "digitised_dossier_rate": (
        *("dossier", "received_at", every),
        lambda s, _: is_in(s, "components_digitised", True),
    ),
    "digitised_result_rate": (
        *("dossier", "ended_at"),
        lambda s, _: is_in(s, "outcome", "granted"),
        lambda s, _: is_in(s, "result_file", True),
    ),
    "data_reuse_rate": ("dossier", "received_at", every, lambda s, _: is_in(s, "data_reused", True)),
    "identity_verified_rate": (
        *("dossier", "received_at", every),
        lambda s, _: is_in(s, "identity_verified", True),
    ),
    "supplement_rate": ("dossier", "received_at", every, lambda s, _: s.get("supplements", 0) >= 1),
    "repeat_supplement_rate": ("dossier", "received_at", every, lambda s, _: s.get("supplements", 0) >= 2),
    "sync_rate": ("dossier", "received_at", every, lambda s, _: known(s, "synced_at")),
    "satisfaction_rate": (
        *("dossier", "ended_at"),
        lambda s, _: known(s, "satisfied"),
        lambda s, _: is_in(s, "satisfied", True),
    ),
    "feedback_on_time_rate": ("feedback", "due_at", answer_due, lambda s, _: answered_by_due(s)),
    "feedback_satisfaction_rate": (
        *("feedback", "answered_at"),
        lambda s, _: known(s, "satisfied"),
        lambda s, _: is_in(s, "satisfied", True),
    ),
    "task_done_rate": ("task", "assigned_at", every, lambda s, _: known(s, "done_at")),
    "untroubled_dossier_rate": (
        *("dossier", "received_at", every),
        lambda s, as_of: in_time(s, as_of) and not (is_in(s, "satisfied", False) and settled_in_time(s)),
    ),
}


def pending(s: State, moment: int) -> bool:
    """Received before the moment and not ended before it. What ended before it was received never was."""
    if not known(s, "received_at") or s["received_at"] >= moment:
        return False
    if known(s, "ended_at") and s["ended_at"] < s["received_at"]:
        return False
    return not (known(s, "ended_at") and s["ended_at"] < moment)


def overdue(s: State, moment: int) -> bool:
    """Fell due unfinished before the moment's date, and not ended late before the moment."""
    due = day(s, "due_at")
    if not known(s, "received_at") or due is None or due >= local(moment).date():
        return False
    return not known(s, "ended_at") or (s["ended_at"] >= moment and late(s))


STOCKS: dict[str, Callable[[State, int], bool]] = {
    "dossiers_pending": pending,
    "dossiers_overdue": overdue,
    "dossiers_online_overdue": lambda s, moment: overdue(s, moment) and is_in(s, "channel", "online"),
    "dossiers_due_24h": more.due_soon,
    "dossiers_waiting": more.waiting,
    "dossiers_unaccepted_overdue": more.unaccepted,
}
