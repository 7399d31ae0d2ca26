"""Recording rules: from the workers' gauges to KPIs with their bounds, and stocks.

The bounds are Wilson's score interval (Wilson 1927) at 95 %: with three dossiers it spans nearly everything,
so an agency with few dossiers does not set off an alert. A KPI with a cohort, with distinct places, or as of
the period's end cannot be made from windows and is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from schemas.catalogue import Catalogue, Kpi, Term
from serving.alerts.rule import Group, Recording

Z = 1.96
RECENT, MONTH, FOUR_WEEKS = "24h", "30d", "28d"
ENOUGH_BEFORE = 30
"""Least denominator of the weeks that a KPI is compared with."""

K, N = "reform_pulse:kpi:numerator", "(reform_pulse:kpi:denominator > 0)"
BOUND = f"""\
(
  {K} + {Z * Z / 2:.4f}
  {{sign}} {Z} * sqrt({K} * ({N} - {K}) / {N} + {Z * Z / 4:.4f})
) / ({N} + {Z * Z:.4f})"""
_OLDER = (
    f'reform_pulse:kpi:{{0}}{{{{window="{FOUR_WEEKS}"}}}}\n'
    f'  - ignoring (window) reform_pulse:kpi:{{0}}{{{{window="{RECENT}"}}}}'
)
BEFORE = f"""\
({_OLDER.format("numerator")})
/ ((
  {_OLDER.format("denominator")}
) >= {ENOUGH_BEFORE})"""
TARGET = """\
max by (kpi, agency) (reform_pulse_target{agency!="*"})
or
max by (kpi, agency) (0 * reform_pulse:kpi:ratio)
  + on (kpi) group_left () max by (kpi) (reform_pulse_target{agency="*"})"""


def ratios(catalogue: Catalogue) -> Group:
    """Numerators, denominators, ratios, bounds, targets and stocks, by agency."""
    sides = [
        Recording(f"reform_pulse:kpi:{side}", total(terms), {"kpi": kpi.name})
        for kpi in recordable(catalogue)
        for side, terms in (("numerator", kpi.numerator), ("denominator", kpi.denominator))
    ]
    return Group(
        "reform_pulse_kpis",
        (
            *sides,
            Recording("reform_pulse:kpi:ratio", f"{K} / {N}"),
            Recording("reform_pulse:kpi:lower", BOUND.format(sign="-")),
            Recording("reform_pulse:kpi:upper", BOUND.format(sign="+")),
            Recording("reform_pulse:kpi:before", BEFORE),
            Recording("reform_pulse:kpi:target", TARGET),
            Recording("reform_pulse:stock", "sum by (stock, agency) (reform_pulse_stock)"),
        ),
    )


def recordable(catalogue: Catalogue) -> Iterator[Kpi]:
    """The KPIs that can be made from windows, the newest version of each."""
    newest = {kpi.name: kpi for kpi in sorted(catalogue.kpis, key=lambda kpi: kpi.valid_from)}
    for kpi in newest.values():
        cohort = any(catalogue.measures[term.measure].cohort for term in kpi.terms)
        if not (cohort or kpi.distinct or kpi.at_end):
            yield kpi


def total(terms: Iterable[Term]) -> str:
    """The sum of signed measures over all workers."""
    by_sign = sorted(terms, key=lambda term: -term.sign)
    parts: list[str] = []
    for sign, group in groupby(by_sign, key=lambda term: term.sign):
        names = [term.measure for term in group]
        match = f'="{names[0]}"' if len(names) == 1 else f'=~"{"|".join(names)}"'
        plus = "" if not parts else "+ " if sign > 0 else "- "
        parts.append(f"{plus}sum by (agency, window) (reform_pulse_measure{{measure{match}}})")
    return "\n".join(parts)
