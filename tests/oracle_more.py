"""The oracle, continued: services, money, further stocks, and the score of Decision 766.

As plain as `oracle.py`; written after domain.md (sections 2.3, 3, 5.4) and design section 4. A service is
offered at a moment if `offered_at` lies before it and no later `withdrawn_at` does; services count by whole
days, so the moment is the end of its day unless it is midnight.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle_states import State

HOUR = 3_600_000_000
DAY = 24 * HOUR
ZONE = 7 * HOUR
TIMES = ("day", "month", "hour")
FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "hour": "%Y-%m-%dT%H:00+07:00"}
AMOUNTS = ("fees_paid", "fees_paid_online")
Found = list[tuple[str, State]]
Counts = dict[Any, list[Any]]


def local(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros + ZONE)


def midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY - ZONE


def before(s: State, column: str, moment: int) -> bool:
    return s.get(column) is not None and s[column] < moment


# --- stocks of dossiers ---


def due_soon(s: State, moment: int) -> bool:
    """Unfinished to this day, and due in the 24 hours from the start of the moment's hour."""
    hour = moment - moment % HOUR
    received, ended, due = s.get("received_at"), s.get("ended_at"), s.get("due_at")
    return received is not None and ended is None and due is not None and hour <= due < hour + DAY


def waiting(s: State, moment: int) -> bool:
    """Received, waits since before the moment, not ended before it."""
    if s.get("received_at") is None or not before(s, "waiting_since", moment):
        return False
    ended = s.get("ended_at")
    return ended is None or (ended >= s["waiting_since"] and ended >= moment)


def unaccepted(s: State, moment: int) -> bool:
    """Submitted, the time to answer over, and no answer before the full hour nor in time."""
    hour = moment - moment % HOUR
    if s.get("submitted_at") is None or not before(s, "accept_due_at", hour):
        return False
    answers = [s[c] for c in ("received_at", "refused_at", "ended_at") if s.get(c) is not None]
    return all(answer > s["accept_due_at"] and answer >= hour for answer in answers)


def splits_stock(stock: str, by: str | None) -> bool:
    if stock == "dossiers_due_24h":
        return by in (None, "agency")
    if stock == "dossiers_unaccepted_overdue":
        return by in (None, "agency", *TIMES)
    return by != "kind"


# --- services ---


def offered(s: State, moment: int) -> bool:
    if not before(s, "offered_at", moment):
        return False
    return not (before(s, "withdrawn_at", moment) and s["withdrawn_at"] >= s["offered_at"])


def online(s: State) -> bool:
    return s.get("level") in ("full", "partial")


def eligible(s: State) -> bool:
    return s.get("eligible_full") is True


def with_fee(s: State) -> bool:
    return s.get("fee_due") is True


# name -> (denominator, numerator among it)
OFFERED = {
    "full_service_rate": (eligible, lambda s: s.get("level") == "full"),
    "online_service_rate": (lambda _: True, online),
    "payment_service_rate": (with_fee, lambda s: s.get("payment_integrated") is True),
}


def moments(start: date, moment: int, by: str | None) -> dict[Any, int]:
    """By bucket (or the one group None) the end as of which services are counted: of a day or an hour."""
    if by not in TIMES:
        return {None: -((-moment - ZONE) // DAY) * DAY - ZONE}
    step, ends = (HOUR if by == "hour" else DAY), {}
    at = midnight(start)
    while at < moment:
        ends[local(at).strftime(FORMATS[by])] = at + step
        at += step
    return ends


def groups(s: State, by: str | None) -> Any:
    return s.get(by) if by and by not in TIMES else None


def service_kpis(
    found: Found, start: date, end: date, moment: int, by: str | None
) -> list[tuple[str, Counts]]:
    if by == "kind":
        return []
    services = [s for kind, s in found if kind == "service"]
    dossiers = [s for kind, s in found if kind == "dossier"]
    results = []
    for name, (denominator, numerator) in OFFERED.items():
        counts: Counts = {}
        for bucket, at in moments(start, moment, by).items():
            for s in services:
                if offered(s, at) and denominator(s):
                    cell = counts.setdefault(bucket if by in TIMES else groups(s, by), [0, 0])
                    cell[0] += numerator(s)
                    cell[1] += 1
        results.append((name, counts))
    if by == "hour":
        return results
    results.append(("used_service_rate", used_services(services, dossiers, start, end, moment, by)))
    return [*results, ("payment_used_rate", paid_procedures(dossiers, start, end, by))]


def used_services(
    services: list[State], dossiers: list[State], start: date, end: date, moment: int, by: str | None
) -> Counts:
    """Places (agency, procedure) where something is offered online, and those with an online dossier."""
    counts: Counts = {}
    for bucket, at in moments(start, moment, by).items():
        places = {
            (groups(s, by), *place(s)) for s in services if offered(s, at) and online(s) and all(place(s))
        }
        used = {
            (groups(s, by), *place(s))
            for s in dossiers
            if received(s, start, end)
            and s.get("channel") == "online"
            and in_bucket(s, "received_at", bucket, by)
        }
        for group in {p[0] for p in places}:
            ours = {p for p in places if p[0] == group}
            counts[bucket if by in TIMES else group] = [len(ours & used), len(ours)]
    return counts


def paid_procedures(dossiers: list[State], start: date, end: date, by: str | None) -> Counts:
    """Procedures with dossiers that owe a fee, and those of which one was paid online."""
    seen: dict[Any, set[str]] = {}
    paid: dict[Any, set[str]] = {}
    for s in dossiers:
        if received(s, start, end) and s.get("fee_due") is True and s.get("procedure"):
            group = local(s["received_at"]).strftime(FORMATS[by]) if by in TIMES else groups(s, by)
            seen.setdefault(group, set()).add(s["procedure"])
            if s.get("paid_channel") in ("portal", "gateway"):
                paid.setdefault(group, set()).add(s["procedure"])
    return {group: [len(paid.get(group, ())), len(procedures)] for group, procedures in seen.items()}


def place(s: State) -> tuple[Any, Any]:
    return s.get("agency"), s.get("procedure")


def received(s: State, start: date, end: date) -> bool:
    return s.get("received_at") is not None and midnight(start) <= s["received_at"] < midnight(end)


def in_bucket(s: State, column: str, bucket: Any, by: str | None) -> bool:
    return by not in TIMES or local(s[column]).strftime(FORMATS[by]) == bucket


# --- money ---


def amounts(found: Found, start: date, end: date, by: str | None) -> list[tuple[str, Counts]]:
    if by in ("procedure", "field", "kind"):
        return []
    results = []
    for name in AMOUNTS:
        counts: Counts = {}
        for kind, s in found:
            if kind != "payment" or s.get("status") != "settled" or s.get("settled_at") is None:
                continue
            if name == "fees_paid_online" and s.get("channel") not in ("portal", "gateway"):
                continue
            if midnight(start) <= s["settled_at"] < midnight(end) and s.get("amount"):
                group = local(s["settled_at"]).strftime(FORMATS[by]) if by in TIMES else groups(s, by)
                counts.setdefault(group, [0, 0])[0] += s["amount"]
        results.append((name, counts))
    return results


# --- Decision 766 ---

# group -> (KPI, points, full from, points if there was nothing); two thresholds: as declared, as seen in 2026
LINEAR = Fraction(1)
FIFTHS = Fraction(4, 5)
PARTS = {
    "transparency": [("sync_rate", 6, LINEAR, None)],
    "progress": [("in_time_rate", 20, LINEAR, None)],
    "online_services": [
        ("online_service_rate", 2, FIFTHS, None),
        ("used_service_rate", 4, LINEAR, None),
        ("online_dossier_rate", 6, Fraction(1, 2), None),
    ],
    "online_payment": [
        ("payment_service_rate", 2, FIFTHS, None),
        ("payment_used_rate", 2, FIFTHS, None),
        ("online_payment_rate", 6, (Fraction(3, 10), LINEAR), None),
    ],
    "digitisation": [
        ("digitised_result_rate", 6, LINEAR, None),
        ("digitised_dossier_rate", 4, (FIFTHS, LINEAR), None),
        ("data_reuse_rate", 2, FIFTHS, None),
        ("identity_verified_rate", 2, LINEAR, None),
    ],
    "satisfaction": [
        ("feedback_on_time_rate", 6, LINEAR, 6),
        ("feedback_satisfaction_rate", 6, LINEAR, 6),
        ("untroubled_dossier_rate", 6, Fraction(9, 10), 0),
    ],
}


WHOLE = "decision_766_score"
UNTOLD = {
    "hour": ("progress", "online_services", "online_payment", "satisfaction"),
    **dict.fromkeys(("procedure", "field"), ("satisfaction",)),
    "kind": tuple(PARTS),
}
"""What cannot be told by hour (from the daily counts alone), or of feedback, which has no procedure."""


def scores(results: dict[str, Counts], day: date, by: str | None) -> list[tuple[str, Counts]]:
    """Each group, and the total where all groups can be told; keys only where anything was there."""
    if day < date(2022, 8, 1):
        return []
    untold, late = UNTOLD.get(by or "", ()), day >= date(2026, 1, 1)
    groups = {name: parts for name, parts in PARTS.items() if name not in untold}
    table = [(f"{WHOLE}.{name}", score(results, parts, late, by)) for name, parts in groups.items()]
    if untold:
        return table
    every = [part for parts in PARTS.values() for part in parts]
    return [(WHOLE, score(results, every, late, by)), *table]


def score(results: dict[str, Counts], parts: list[Any], late: bool, by: str | None) -> Counts:
    counts: Counts = {}
    for key in {key for kpi, *_ in parts for key in results[kpi]} if by else {None}:
        got, attainable = Fraction(), 0
        for kpi, most, full, empty in parts:
            numerator, denominator = results[kpi].get(key, (0, 0))
            full_at = full[late] if isinstance(full, tuple) else full
            if denominator:
                got += most * min(Fraction(1), Fraction(numerator, denominator) / full_at)
            elif empty is not None:
                got += empty
            if denominator or empty is not None:
                attainable += most
        counts[key] = [float(got), float(attainable)]
    return counts
