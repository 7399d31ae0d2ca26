"""Pieces of SQL that panels share: the period, the agencies, and sums of measures.

The period is the dashboard's time range, in whole Vietnamese days. `$__dateFilter` is not used: the data
source writes its dates in UTC, which is the day before for any moment until seven in the morning.
The rules about time are those of `serving.question`.
"""

from collections.abc import Iterable, Mapping, Sequence

from deploy.grafana.generate.cube import ZONE, Cube
from schemas.catalogue import Catalogue, Measure, Term

FIRST = f"toDate($__fromTime, '{ZONE}')"
LAST = f"toDate($__toTime, '{ZONE}')"
TODAY = f"toDate(now(), '{ZONE}')"
BUCKET = "toDateTime(dateTrunc('${period}', %s), '" + ZONE + "')"
"""The start of the bucket that a day falls in; the variable `period` says how long buckets are."""
KNOWN = "SELECT code FROM agencies_current"
BELOW = (
    "SELECT descendant FROM agency_closure_current WHERE ancestor = ${agency:sqlstring} "
    f"AND valid_from <= {LAST} AND {LAST} < valid_to"
)
BY_CODE = "(agency = ${agency:sqlstring} OR startsWith(agency, concat(${agency:sqlstring}, '.')))"
UNKNOWN = f"(agency NOT IN ({KNOWN}) OR ${{agency:sqlstring}} NOT IN ({KNOWN}))"
AGENCY = f"$__conditionalAll((agency IN ({BELOW}) OR {UNKNOWN} AND {BY_CODE}), $agency)"
"""The chosen agency with its subtree; no condition when all are chosen.

By the loaded tree as of the period's last day; by codes where the tree does not know one of the two.
"""

CHOSEN = "arrayConcat(emptyArrayString(), [${agency:sqlstring}])"
LEVEL = (
    f"SELECT level FROM agencies_current WHERE code = {CHOSEN}[1] "
    f"ORDER BY valid_from <= {LAST} DESC, abs(valid_from - {LAST}) LIMIT 1"
)
TARGETS = (
    "SELECT kpi, toNullable(argMax(value, agency != '')) AS own FROM targets_current "
    f"WHERE length({CHOSEN}) = 1 AND valid_from <= {LAST} AND {LAST} < valid_to "
    f"AND (agency = {CHOSEN}[1] OR agency = '' AND level = ({LEVEL})) GROUP BY kpi"
)
"""The loaded targets of the one chosen agency on the period's last day: its own, else those of its level.

The rules are those of `schemas.reference.target`; when all are chosen there are none.
"""

NAMES = {
    "agency": "SELECT code, argMax(name, valid_from) AS name FROM agencies_current GROUP BY code",
    "procedure": "SELECT code, argMax(name, valid_from) AS name FROM procedures_current GROUP BY code",
}
"""The names that reference data give to codes."""


def named(dimension: str, rows: str, order: str, limit: int) -> str:
    """Rows with the name of their agency or procedure, ordered; a code without a name is its own."""
    if dimension not in NAMES:
        return f"{rows} ORDER BY {order} LIMIT {limit}"
    return (
        f"SELECT coalesce(nullIf(n.name, ''), t.{dimension}) AS name, t.* FROM ({rows}) AS t "
        f"LEFT JOIN ({NAMES[dimension]}) AS n ON n.code = t.{dimension} ORDER BY {order} LIMIT {limit}"
    )


def listed(names: Iterable[str]) -> str:
    """Names as a list of SQL strings."""
    return ", ".join(f"'{name}'" for name in names)


def total(terms: Sequence[Term]) -> str:
    """The signed sum of measures, over rows of `measure` and `value`."""
    added = [term.measure for term in terms if term.sign > 0]
    taken = [term.measure for term in terms if term.sign < 0]
    parts = [f"sumIf(value, measure IN ({listed(names)}))" for names in (added, taken) if names]
    return f"({' - '.join(parts)})" if len(parts) > 1 else parts[0]


def needed(catalogue: Catalogue, terms: Iterable[Term]) -> list[Measure]:
    """The measures of some terms, each once."""
    return [catalogue.measures[name] for name in dict.fromkeys(term.measure for term in terms)]


def of_kpi(measure: Measure, cube: Cube) -> str:
    """The cells of a measure that a KPI of the period counts; one with a cohort needs the daily counts."""
    if measure.cohort:
        return f"cohort >= {FIRST} AND cohort <= {LAST} AND {cube.before(_before(measure))}"
    end = _before(measure) if measure.elapsed else f"{LAST} + 1"
    return f"{cube.since(FIRST)} AND {cube.before(end)}"


def until_end(measure: Measure, cube: Cube) -> str:
    """The cells of a flow that a stock at the end of the period counts."""
    return cube.before(_before(measure))


def either(wanted: Mapping[str, str]) -> str:
    """Measures with the condition on their cells, as one condition; key pruning sees through it."""
    groups: dict[str, list[str]] = {}
    for name, condition in wanted.items():
        groups.setdefault(condition, []).append(name)
    parts = [f"measure IN ({listed(names)}) AND {condition}" for condition, names in groups.items()]
    return parts[0] if len(parts) == 1 else "(" + " OR ".join(f"({part})" for part in parts) + ")"


def _before(measure: Measure) -> str:
    return f"least({LAST} + 1, {TODAY})" if measure.elapsed else f"least({LAST}, {TODAY}) + 1"
