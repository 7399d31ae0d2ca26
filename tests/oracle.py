"""The oracle: KPI rows and stocks by a naive program that is plainly right. What we check ourselves against.

Plain Python, loops over dicts, standard library only; no code of the product is used (design, sections
2 to 4, says what is computed). Dates are local dates of Vietnam (UTC+7, no summer time).

    oracle(events, date(2022, 7, 1), date(2022, 10, 1), now)                      # one row per KPI
    oracle(events, ..., agency="H51.18")                                          # with its subtree
    oracle(events, ..., agency="H51.18", self_only=True, by="month")              # one row per month

Decisions where the design leaves room:
* `as_of` of `in_time_rate` and `feedback_on_time_rate` is the end of the whole period (or now), also
  with `by`.
* With `by`, only groups whose denominator is not 0 get a row, and only KPIs whose entity has the column;
  stocks have no row by day, month or hour.
* An unknown `voided` is not voided; an unknown agency is in no subtree.
* Services and `dossiers_due_24h`: see `oracle_more.py`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests import oracle_more as more
from tests.oracle_states import Event, State, states

ZONE = timedelta(hours=7)
BUCKETS = {"day": "%Y-%m-%d", "month": "%Y-%m", "hour": "%Y-%m-%dT%H:00+07:00"}
COLUMNS_OF = {
    "agency": None,
    "procedure": ("dossier", "service"),
    "field": ("dossier", "service"),
    "kind": ("document", "task"),
}

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


def counted(entity: str, s: State, agency: str | None, self_only: bool) -> bool:
    """Not voided, not a recalled document, and of the agency or (unless self_only) below it."""
    if s.get("voided") is True or (entity == "document" and known(s, "recalled_at")):
        return False
    if agency is None or s.get("agency") == agency:
        return True
    return not self_only and (s.get("agency") or "").startswith(agency + ".")


def has_column(entity: str, by: str | None) -> bool:
    entities = COLUMNS_OF.get(by or "")
    return entities is None or entity in entities


def group_of(s: State, at: str | None, by: str | None) -> Any:
    """The group a state is counted in: a bucket of its time, or its value of the column."""
    if by is None:
        return None
    if by in BUCKETS:
        return local(s[at]).strftime(BUCKETS[by]) if at else None
    return s.get(by)


Counts = dict[Any, list[int]]  # group -> [numerator, denominator]


def count_kpi(
    kpi: str, found: list[tuple[str, State]], start: date, end: date, as_of: date, by: str | None
) -> Counts:
    entity, at, denominator, numerator = KPIS[kpi]
    counts: Counts = {}
    for kind, s in found:
        if kind != entity or not has_column(entity, by):
            continue
        if known(s, at) and start <= local(s[at]).date() < end and denominator(s, as_of):
            cell = counts.setdefault(group_of(s, at, by), [0, 0])
            cell[0] += numerator(s, as_of)
            cell[1] += 1
    return counts


def count_stock(stock: str, found: list[tuple[str, State]], moment: int, by: str | None) -> Counts:
    counts: Counts = {}
    for kind, s in found:
        if kind == "dossier" and more.splits_stock(stock, by) and STOCKS[stock](s, moment):
            counts.setdefault(group_of(s, None, by), [0, 0])[0] += 1
    return counts


def count_stock_over_time(
    stock: str, found: list[tuple[str, State]], start: date, moment: int, by: str
) -> Counts:
    """The stock at the end of each bucket (or at the moment, in the last one): step hour by hour."""
    counts: Counts = {}
    hour = datetime.combine(start, time(), UTC) - ZONE
    while micros(hour) < moment:
        name = local(micros(hour)).strftime(BUCKETS[by])
        hour += timedelta(hours=1)
        if micros(hour) >= moment or local(micros(hour)).strftime(BUCKETS[by]) != name:
            at = min(moment, micros(hour))
            counts[name] = [sum(kind == "dossier" and STOCKS[stock](s, at) for kind, s in found), 0]
    return counts


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def oracle(
    events: Iterable[Event | str | bytes],
    start: date,
    end: date,
    now: datetime,
    agency: str | None = None,
    self_only: bool = False,
    by: str | None = None,
) -> list[dict[str, Any]]:
    """KPI rows of [start, end), local dates; stocks as of the end or now, whichever is earlier."""
    return kpi_rows(states(events), start, end, now, agency, self_only, by)


def kpi_rows(
    folded: dict[tuple[str, str], State],
    start: date,
    end: date,
    now: datetime,
    agency: str | None = None,
    self_only: bool = False,
    by: str | None = None,
) -> list[dict[str, Any]]:
    """The same from states, to ask many questions of one stream of events."""
    if by is not None and by not in BUCKETS and by not in COLUMNS_OF:
        raise ValueError(f"by={by!r} is none of {', '.join([*COLUMNS_OF, *BUCKETS])}")
    midnight = datetime.combine(end, time(), UTC) - ZONE
    moment = micros(min(midnight, now))
    as_of = local(moment).date()
    found = [(key[0], s) for key, s in folded.items() if counted(key[0], s, agency, self_only)]
    results = [(kpi, count_kpi(kpi, found, start, end, as_of, by)) for kpi in KPIS]
    results += more.service_kpis(found, start, end, moment, by)
    results += more.amounts(found, start, end, by)
    for stock in STOCKS:
        if not more.splits_stock(stock, by):
            continue
        if by in BUCKETS:
            results.append((stock, count_stock_over_time(stock, found, start, moment, by)))
        else:
            results.append((stock, count_stock(stock, found, moment, by)))
    results += more.scores(dict(results), end - timedelta(days=1), by)
    rows = []
    for kpi, counts in results:
        if by is None:
            counts = {**counts} or {None: [0, 0]}
        for group in sorted(counts, key=str):
            row = {"kpi": kpi, "agency": agency, "from": start.isoformat(), "to": end.isoformat()}
            row |= outcome(kpi, *counts[group])
            rows.append(row | ({by: group} if by else {}))
    return rows


def outcome(kpi: str, numerator: int, denominator: int) -> dict[str, Any]:
    """A stock is its own value; a ratio over nothing has none."""
    if kpi.startswith("decision_766_score"):
        return {
            "numerator": numerator,
            "denominator": denominator,
            "value": numerator if denominator else None,
        }
    if kpi in STOCKS or kpi in more.AMOUNTS:
        return {"numerator": numerator, "denominator": None, "value": numerator}
    value = numerator / denominator if denominator else None
    return {"numerator": numerator, "denominator": denominator, "value": value}
