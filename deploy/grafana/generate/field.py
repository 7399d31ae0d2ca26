"""How a column of a result is shown: its Vietnamese title, unit, colours and links.

A value that is missing is shown as – and coloured by nothing: it is not 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DynamicConfigValue,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsConfig,
    ThresholdsMode,
    ValueMappingResult,
)

from schemas.catalogue import Kpi, Stock

NOTHING = "–"
NEAR = 0.9
"""From this share of the target on, a figure is amber and not red."""
Steps = tuple[tuple[float | None, str], ...]
Overrides = dict[str, list[DynamicConfigValue]]


@dataclass(frozen=True)
class Column:
    """A column by its name in SQL. unit: Grafana's. steps: colours from a value on, the first from below."""

    name: str
    title: str
    unit: str = ""
    decimals: int | None = None
    steps: Steps = ()
    links: tuple[dict[str, object], ...] = field(default=())
    width: int = 0

    def properties(self, *, table: bool) -> list[DynamicConfigValue]:
        """The override of the column, in a table or a chart."""
        wanted: dict[str, object] = {"displayName": self.title}
        if self.unit:
            wanted |= {"unit": self.unit}
        if self.decimals is not None:
            wanted |= {"decimals": self.decimals}
        if self.links:
            wanted |= {"links": list(self.links)}
        if table and self.steps:
            wanted |= {"thresholds": thresholds(self.steps), "custom.cellOptions": {"type": "color-text"}}
        if table and self.width:
            wanted |= {"custom.width": self.width}
        return [DynamicConfigValue(key, value) for key, value in wanted.items()]


def thresholds(steps: Steps) -> ThresholdsConfig:
    """Absolute thresholds."""
    return ThresholdsConfig(ThresholdsMode.ABSOLUTE, [Threshold(value, color) for value, color in steps])


def target_steps(kpi: Kpi) -> Steps:
    """Red, amber, green by the KPI's target; none without one."""
    if kpi.target is None:
        return ()
    if kpi.better == "lower":
        return (None, "green"), (kpi.target, "orange"), (kpi.target / NEAR, "red")
    return (None, "red"), (round(kpi.target * NEAR, 4), "orange"), (kpi.target, "green")


def percent(kpi: Kpi) -> Column:
    """A KPI as a percentage with two decimals, as reports have it."""
    return Column(kpi.name, kpi.vi, "percentunit", 2, target_steps(kpi))


def number(stock: Stock) -> Column:
    """A stock as a whole number; any at all is amber where less is better and it means lateness."""
    steps: Steps = ((None, "green"), (1, "red")) if "overdue" in stock.name else ()
    return Column(stock.name, stock.vi, "locale", 0, steps)


def missing() -> SpecialValueMap:
    """The mapping of a missing value."""
    shown = ValueMappingResult(text=NOTHING, color="text")
    return SpecialValueMap(DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, shown))


def overrides(columns: Iterable[Column], *, table: bool) -> Overrides:
    """Overrides by column name."""
    return {column.name: column.properties(table=table) for column in columns}
