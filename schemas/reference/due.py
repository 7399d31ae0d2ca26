"""When a dossier is due, where its source gives no due date (domain, section 6).

The place to use it is a source adapter, before the `received` event is made: it knows the procedure, and the
event then states `due_at` like every other. The engine never computes due dates, because a count must be a
function of the states alone (design, invariant 2): a calendar loaded later would change what is counted.

* Working days and hours: received + N x 8 (or N) hours of working time.
* Days: calendar days; weekends count, but it never falls due on a day off (then on the next working day).
* 0: the same day, at closing.
* Received at or after the procedure's cut-off, or after closing: as if at the next working day's opening.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from schemas.instant import VIETNAM
from schemas.reference.procedure import Procedure, Unit
from schemas.reference.row import AgencyLevel
from schemas.reference.working_time import WorkingTime


def due_at(
    received: datetime, procedure: Procedure, calendar: WorkingTime, *, online: bool = False
) -> datetime | None:
    """The due date of a dossier received then, in Vietnamese time; None where none is promised.

    online: whether it was sent online, which may have a time of its own. Raises NoWorkingTimeError.
    """
    duration = procedure.duration
    if online and procedure.online_duration is not None:
        duration = procedure.online_duration
    if duration is None:
        return None
    received = received.astimezone(VIETNAM)
    if _too_late(received, procedure, calendar):
        received = calendar.next_day(received)
    if duration == 0:
        return calendar.close(calendar.start(received))
    if procedure.unit is Unit.DAY:
        return _days_after(received, duration, calendar)
    return calendar.add(received, duration * procedure.unit.minutes)


def rules_of(
    procedures: Iterable[Procedure], code: str, received: date, level: AgencyLevel | None = None
) -> Procedure | None:
    """The procedure's row for agencies of a level on the day of receipt, else the one for all levels.

    An accepted dossier keeps these rules when they change later.
    """
    held = [row for row in procedures if row.code == code and row.holds(received)]
    by_level = {row.handled_at: row for row in held}
    return by_level.get(level) or by_level.get(None)


def _too_late(received: datetime, procedure: Procedure, calendar: WorkingTime) -> bool:
    """Whether it came at or after the procedure's cut-off; on a day off it counts from the next opening."""
    late = procedure.cut_off is not None and received.time() >= procedure.cut_off
    return late and calendar.is_working(received.date())


def _days_after(received: datetime, days: int, calendar: WorkingTime) -> datetime:
    """So many calendar days later, at the same time of day within office hours, on a working day."""
    hours = calendar.office_hours(received.date())
    if hours and received >= hours[-1][1]:
        received = datetime.combine(received.date() + timedelta(days=1), hours[0][0].time(), VIETNAM)
    due = received + timedelta(days=days)
    if not calendar.is_working(due.date()):
        due = datetime.combine(calendar.next_day(due).date(), due.time(), VIETNAM)
    spans = calendar.spans(due.date())
    return spans[-1][1] if spans and due >= spans[-1][1] else calendar.start(due)
