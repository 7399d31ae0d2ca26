"""SQL of tables with a row per KPI: the KPI sheet of an agency, and the score of Decision 766."""

from collections.abc import Sequence
from datetime import date

from deploy.grafana.generate.figures import Figures
from deploy.grafana.generate.sql import TARGETS, total
from schemas.catalogue import Kpi, Part

NO_NUMBER = "CAST(NULL AS Nullable(Float64))"


def pairs(figures: Figures, names: Sequence[str]) -> str:
    """Rows (kpi, numerator, denominator) of KPIs; those that count places are read each by itself."""
    kpis = [figures.kpi(name) for name in names]
    sums = [kpi for kpi in kpis if not kpi.distinct]
    parts = [_places(figures, kpi) for kpi in kpis if kpi.distinct]
    if sums:
        rows = ", ".join(f"('{k.name}', {total(k.numerator)}, {total(k.denominator)})" for k in sums)
        found = f"SELECT arrayJoin([{rows}]) AS part FROM {figures.sums([kpi.name for kpi in sums])}"
        parts.insert(0, f"SELECT part.1 AS kpi, part.2 AS numerator, part.3 AS denominator FROM ({found})")
    return " UNION ALL ".join(parts)


def _places(figures: Figures, kpi: Kpi) -> str:
    """The places that have any, as `Kpi.distinct` says."""
    places = (
        f"SELECT {total(kpi.numerator)} > 0 AS above, {total(kpi.denominator)} > 0 AS below "
        f"FROM {figures.sums([kpi.name], *kpi.distinct)} GROUP BY {', '.join(kpi.distinct)}"
    )
    return (
        f"SELECT '{kpi.name}' AS kpi, toInt64(countIf(above AND below)) AS numerator, "
        f"toInt64(countIf(below)) AS denominator FROM ({places})"
    )


def sheet(figures: Figures, names: Sequence[str]) -> str:
    """A row per KPI: name, numerator, denominator, value, target, and how far beyond the target it is.

    The target is that of the loaded reference data, else the catalogue's.
    """
    kpis = [figures.kpi(name) for name in names]
    texts = ", ".join(f"'{kpi.vi}'" for kpi in kpis)
    targets = ", ".join(NO_NUMBER if kpi.target is None else repr(kpi.target) for kpi in kpis)
    signs = ", ".join("1" if kpi.better == "higher" else "-1" for kpi in kpis)
    places = ", ".join(f"'{kpi.name}'" for kpi in kpis)
    return (
        f"SELECT [{texts}][indexOf([{places}], k.kpi) AS place] AS title, numerator, denominator, "
        f"numerator / nullIf(denominator, 0) AS value, coalesce(t.own, [{targets}][place]) AS target, "
        f"(value - target) * [{signs}][place] AS beyond FROM ({pairs(figures, names)}) AS k "
        f"LEFT JOIN ({TARGETS}) AS t ON t.kpi = k.kpi ORDER BY place"
    )


def score(figures: Figures, name: str, day: date) -> str:
    """A row per part of a score: group, part, basis, the KPI's numbers, points, and points attainable.

    A part without data has neither points nor points attainable.
    """
    parts = figures.catalogue.parts_of(name, day)
    groups = {g.name: g.vi for s in figures.catalogue.scores if s.name == name for g in s.groups}
    rows = ", ".join(_part(place, part, groups[part.group]) for place, part in enumerate(parts, 1))
    kpis = list(dict.fromkeys(part.kpi for part in parts if part.kpi))
    return (
        "SELECT p.1 AS place, p.2 AS part_group, p.3 AS part, p.4 AS basis, k.numerator AS numerator, "
        "k.denominator AS denominator, numerator / nullIf(denominator, 0) AS value, "
        "if(isNull(value), p.8, p.6 * least(1, greatest(0, value) / p.7)) AS points, "
        "if(isNull(points), NULL, p.6) AS attainable, p.6 AS maximum "
        f"FROM (SELECT arrayJoin([{rows}]) AS p) AS parts "
        "LEFT JOIN (SELECT kpi, toNullable(numerator) AS numerator, toNullable(denominator) AS denominator "
        f"FROM ({pairs(figures, kpis)})) AS k ON k.kpi = p.5 ORDER BY place"
    )


def _part(place: int, part: Part, group: str) -> str:
    empty = NO_NUMBER if part.when_empty is None or part.kpi is None else f"toNullable({part.when_empty})"
    basis = f"'{part.basis}', '{part.kpi or ''}', {part.points}, {part.full_at}, {empty}"
    return f"({place}, '{group}', '{part.vi}', {basis})"
