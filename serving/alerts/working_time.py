"""`reform_pulse:working`: 1 in working hours, else 0, so that silence at night and on holidays is no alert.

Vietnam is UTC+7 all year, so its day and hour are arithmetic. Days off, make-up days and hours come from the
reference data of the calendar.
"""

from collections.abc import Iterable
from datetime import date

from schemas.reference.calendar import RULE_A, CalendarDay, DayKind, Hours
from serving.alerts.rule import Group, Recording

LOCAL = "vector(time() + 7 * 3600)"
EPOCH = date(1970, 1, 1).toordinal()
WEEKDAY = f"(day_of_week({LOCAL}) > bool 0) * (day_of_week({LOCAL}) < bool 6)"


def working_time(days: Iterable[CalendarDay], hours: Iterable[Hours] = RULE_A) -> Group:
    """The rules; `days`: what is special, of any year."""
    kinds: dict[DayKind, list[date]] = {kind: [] for kind in DayKind}
    for row in days:
        kinds[row.kind].append(row.day)
    return Group(
        "reform_pulse_working_time",
        (
            Recording("reform_pulse:day", f"floor({LOCAL} / 86400)"),
            Recording("reform_pulse:day_off", _one_of(kinds[DayKind.OFF])),
            Recording("reform_pulse:day_makeup", _one_of(kinds[DayKind.MAKEUP])),
            Recording("reform_pulse:working", _working(hours)),
        ),
    )


def _one_of(days: Iterable[date]) -> str:
    """1 on these days, else 0."""
    tests = [
        f"(reform_pulse:day == bool {day.toordinal() - EPOCH})  # {day:%d/%m/%Y}" for day in sorted(days)
    ]
    return "\n+ ".join(tests) if tests else "0 * reform_pulse:day"


def _working(hours: Iterable[Hours]) -> str:
    minute = f"(hour({LOCAL}) * 60 + minute({LOCAL}))"
    parts = [
        f"({minute} >= bool {row.opens.hour * 60 + row.opens.minute})"
        f" * ({minute} < bool {row.closes.hour * 60 + row.closes.minute})"
        for row in hours
    ]
    day = f"clamp_max({WEEKDAY} * (1 - reform_pulse:day_off) + reform_pulse:day_makeup, 1)"
    return f"{day}\n* (\n  " + "\n  + ".join(parts) + "\n)"
