"""What the board shows at the end of a day, agency by agency, and what of it reads otherwise now.

A digest has the figures of the running month (the board's first view) as of the day's last moment: KPIs,
stocks, amounts and scores, of each agency with all below it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from schemas.catalogue import AnyFigure, Catalogue, Measure
from schemas.digest import Shown, Since
from schemas.instant import midnight
from schemas.selection import Counts, Scope
from serving.figures import Chosen, choose
from serving.kpis import kpi_rows
from serving.period import Period, day_of
from serving.row import Row
from serving.side import sides

TEXTS = {"vi", "en", "note_vi", "note_en", "basis", "target", "valid_from", "valid_to"}


def last_day(now: datetime) -> date:
    """The Vietnamese day that ended last."""
    return day_of(now) - timedelta(days=1)


def month_to(day: date) -> Period:
    """The month up to a day."""
    return Period(day.replace(day=1), day + timedelta(days=1))


def shown(catalogue: Catalogue, counts: Counts, day: date, agencies: Iterable[str]) -> Iterator[Shown]:
    """The figures of a day that has ended, of all and of each agency; what is nothing is left out."""
    for agency in ("", *agencies):
        for row, chosen in _rows(catalogue, counts, day, agency, ()):
            if row.numerator or row.denominator:
                yield _shown(catalogue, row, chosen, agency)


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure as it was shown and as it reads now, of the same days.

    since, tree_changed: what came later; None where nobody asked, or (since) the log was made anew.
    """

    then: Shown
    now: Shown
    since: Since | None = None
    tree_changed: bool | None = None

    @property
    def changed(self) -> bool:
        """Whether it reads otherwise."""
        then, now = self.then, self.now
        return (then.numerator, then.denominator) != (now.numerator, now.denominator)

    def as_dict(self) -> dict[str, Any]:
        """Flat, for JSON."""
        return {
            "kpi": self.then.kpi,
            "agency": self.then.agency or None,
            "version": self.then.version,
            "numerator": self.then.numerator,
            "denominator": self.then.denominator,
            "value": self.then.value,
            "now_version": self.now.version,
            "now_numerator": self.now.numerator,
            "now_denominator": self.now.denominator,
            "now_value": self.now.value,
            "changed": self.changed,
            "rule_changed": self.then.rule != self.now.rule,
            "tree_changed": self.tree_changed,
            "since": asdict(self.since) if self.since else None,
        }


def beside(
    catalogue: Catalogue, counts: Counts, day: date, agency: str, then: Sequence[Shown], names: Sequence[str]
) -> list[Beside]:
    """What was shown of an agency beside the same question asked now. Raises UnknownKpiError.

    names: only these figures; a figure that is nothing on one side is 0 there.
    """
    now = {
        row.kpi: _shown(catalogue, row, c, agency) for row, c in _rows(catalogue, counts, day, agency, names)
    }
    old = {row.kpi: row for row in then}
    found = []
    for kpi in dict.fromkeys((*now, *old)):
        one, other = old.get(kpi), now.get(kpi)
        if one is None and other is not None and not (other.numerator or other.denominator):
            continue
        known = one or other
        if known is not None:
            found.append(Beside(one or _nothing(known), other or _nothing(known)))
    return found


def measures_of(catalogue: Catalogue, figure: Shown, day: date) -> list[Measure]:
    """The measures that a figure is made of."""
    return _measures(catalogue, [base for c in choose(catalogue, (figure.kpi,), day) for base in c.bases])


def _measures(catalogue: Catalogue, bases: Sequence[AnyFigure]) -> list[Measure]:
    names = {term.measure for base in bases for side in sides(base) for term in side.terms}
    return [catalogue.measures[name] for name in sorted(names)]


def _rows(
    catalogue: Catalogue, counts: Counts, day: date, agency: str, names: Sequence[str]
) -> list[tuple[Row, Chosen]]:
    end = midnight(day + timedelta(days=1))
    rows = kpi_rows(catalogue, counts, month_to(day), end, scope=Scope(agency or None), names=names)
    chosen = {c.name: c for c in choose(catalogue, names, day)}
    return [(row, chosen[row.kpi]) for row in rows]


def _shown(catalogue: Catalogue, row: Row, chosen: Chosen, agency: str) -> Shown:
    rule = _rule(catalogue, chosen)
    denominator = None if row.denominator is None else float(row.denominator)
    value = None if row.value is None else float(row.value)
    return Shown(agency, row.kpi, chosen.version, rule, float(row.numerator), denominator, value)


def _nothing(like: Shown) -> Shown:
    none = None if like.denominator is None else 0.0
    return Shown(like.agency, like.kpi, like.version, like.rule, 0.0, none, 0.0 if none is None else None)


def _rule(catalogue: Catalogue, chosen: Chosen) -> str:
    """Changes when what is counted does: of texts, targets and dates it knows nothing."""
    made_of = [base.model_dump_json(exclude=TEXTS) for base in chosen.bases]
    made_of += [part.model_dump_json(exclude=TEXTS) for part in chosen.parts]
    made_of += [measure.model_dump_json() for measure in _measures(catalogue, chosen.bases)]
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
