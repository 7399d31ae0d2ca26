"""What was published of a figure, and why it reads otherwise now, said to people: Vietnamese first."""

from collections.abc import Iterator

from schemas.catalogue import Catalogue
from schemas.digest import Shown, Taken
from schemas.instant import VIETNAM
from schemas.unit import Unit
from serving.digest import Beside
from serving.figures import every
from serving.written import NOTHING, count, percent


def told(catalogue: Catalogue, of: Taken, row: Beside) -> str:
    """Some lines."""
    figures = {c.name: c.figure for c in every(catalogue)}
    figure = figures.get(row.then.kpi) or figures.get(row.then.version)
    unit = figure.unit if figure else Unit.PERCENT
    name = f"{figure.vi}\n{figure.en}" if figure else row.then.kpi
    taken = f"{of.taken_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    lines = [
        name,
        f"  đã hiện ngày/shown on {of.day:%d/%m/%Y}: {_value(row.then, unit)} (lưu lúc/kept at {taken})",
        f"  bây giờ/now: {_value(row.now, unit)}",
        *(f"  {reason}" for reason in _reasons(row)),
    ]
    return "\n".join(lines)


def _value(shown: Shown, unit: Unit) -> str:
    if shown.denominator is None:
        return count(shown.numerator)
    value = NOTHING if shown.value is None else percent(shown.value)
    if unit is not Unit.PERCENT:
        value = count(shown.value)
    return f"{value} ({count(shown.numerator)} / {count(shown.denominator)})"


def _reasons(row: Beside) -> Iterator[str]:
    if not row.changed:
        yield "không đổi/unchanged"
        return
    if row.then.rule != row.now.rule:
        yield f"cách tính đã đổi/the rule has changed: {row.then.version} → {row.now.version}"
    if row.tree_changed:
        yield "cây cơ quan đã đổi/the agency tree has changed"
    if row.since is None:
        yield "sự kiện đến sau: không rõ/events since: unknown (nhật ký mới/a new log, điểm/a score)"
        return
    yield f"sự kiện đến muộn/late events: {count(row.since.late)}"
    yield f"đính chính/corrections: {count(row.since.corrections)}"
    yield f"sự kiện xảy ra sau ngày đó/events that happened after that day: {count(row.since.later)}"
