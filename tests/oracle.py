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
* Services and `dossiers_due_24h`: see `oracle_more.py`; all other rules: `oracle_rules.py`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests import oracle_more as more
from tests.oracle_rules import KPIS, STOCKS, ZONE, known, local
from tests.oracle_states import Event, State, states

BUCKETS = {"day": "%Y-%m-%d", "month": "%Y-%m", "hour": "%Y-%m-%dT%H:00+07:00"}
COLUMNS_OF = {
    "agency": None,
    "procedure": ("dossier", "service"),
    "field": ("dossier", "service"),
    "kind": ("document", "task"),
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
