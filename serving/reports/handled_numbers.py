"""The numbers of Biểu II.06: the form's columns 3 to 13 by level and field, from the counts.

Each number is read by itself; what remains is told apart by subtraction: counter and post are what was not
online (5), on time is what was neither early nor overdue (9), within time what is not overdue (12).
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from schemas.catalogue import Term
from schemas.instant import midnight
from schemas.selection import By
from serving.period import Period
from serving.question import Question
from serving.reports.setting import Setting
from serving.side import Side
from serving.totals import Totals

PENDING = ("dossiers_opened", "-dossiers_closed")
OVERDUE = ("dossiers_fell_due", "-dossiers_closed_late")
FLOWS = {
    "opened": "dossiers_opened",
    "received": "dossiers_received",
    "online": "dossiers_received_online",
    "closed": "dossiers_closed",
    "early": "dossiers_settled_early",
    "late": "dossiers_settled_late",
}
MEASURES = frozenset(name.removeprefix("-") for name in (*PENDING, *OVERDUE, *FLOWS.values()))
"""All that the form reads."""

Numbers = dict[int, int]
"""By the form's column, 3 to 13."""
Places = Mapping[tuple[str, str], Numbers]
"""By level and field."""


def numbers(setting: Setting) -> Places:
    """The columns 3 to 13 by level and field."""
    start, period = setting.period.start, setting.period
    before = Period(start - timedelta(days=1), start)
    opening = _asked(setting, before, {"before": Side(_terms(*PENDING), True, per=(By.AGENCY,))})
    sides = {name: Side(_terms(measure), per=(By.AGENCY,)) for name, measure in FLOWS.items()}
    sides |= {
        "pending": Side(_terms(*PENDING), True, per=(By.AGENCY,)),
        "overdue": Side(_terms(*OVERDUE), True, per=(By.AGENCY,)),
    }
    found = opening | _asked(setting, period, sides)
    summed: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(found, 0))
    for name, total in found.items():
        for (field, agency), value in total.items():
            summed[setting.level(agency), field][name] += value
    return {place: _form(n) for place, n in summed.items() if any(n.values())}


def _terms(*names: str) -> tuple[Term, ...]:
    return tuple(Term.parse(name) for name in names)


def _asked(
    setting: Setting, period: Period, sides: Mapping[str, Side]
) -> dict[str, Mapping[tuple[str, ...], int]]:
    as_of = min(midnight(period.end), setting.now)
    question = Question(period, as_of, setting.scope, By.FIELD)
    totals = Totals.gathered(setting.catalogue, question, setting.counts, sides.values())
    return {name: totals.of(side) for name, side in sides.items()}


def _form(n: Mapping[str, int]) -> Numbers:
    online, counter = n["online"], n["received"] - n["online"]
    on_time = n["closed"] - n["early"] - n["late"]
    total = n["opened"] + n["before"]
    ended = {7: n["closed"], 8: n["early"], 9: on_time, 10: n["late"]}
    pending = {11: n["pending"], 12: n["pending"] - n["overdue"], 13: n["overdue"]}
    return {3: total, 4: online, 5: counter, 6: n["before"]} | ended | pending
