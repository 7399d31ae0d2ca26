"""The kinds of panels, each made from a title, a description, queries and columns."""

from collections.abc import Sequence
from typing import TypeVar

from grafana_foundation_sdk.builders import common, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import FieldColorModeId, Threshold, ThresholdsMode

from deploy.grafana.generate.field import NOTHING, Column, Steps, missing, overrides
from deploy.grafana.generate.query import CLICKHOUSE, PROMETHEUS, Sql

Queries = Sql | Sequence[Dataquery]
AnyPanel = TypeVar("AnyPanel", stat.Panel, table.Panel, timeseries.Panel)
PLAIN: Steps = ((None, "blue"),)
STAT_HEIGHT, CHART_HEIGHT, TABLE_HEIGHT = 4, 8, 10


def big_number(column: Column, queries: Queries, description: str, span: int = 4) -> stat.Panel:
    """One number, coloured by its target."""
    panel = (
        stat.Panel()
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .thresholds(_steps(column.steps or PLAIN))
        .color_scheme(FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .title(column.title)
        .description(description)
        .no_value(NOTHING)
        .mappings([missing()])
        .height(STAT_HEIGHT)
        .span(span)
    )
    if column.unit:
        panel.unit(column.unit)
    if column.decimals is not None:
        panel.decimals(column.decimals)
    return _fed(panel, queries)


def numbers(title: str, columns: Sequence[Column], queries: Queries, description: str) -> stat.Panel:
    """Several numbers of one row, each coloured by itself; for queries too dear to ask for each."""
    panel = big_number(Column("", title), queries, description, 24).text_mode(BigValueTextMode.VALUE_AND_NAME)
    for name, properties in overrides(columns, table=True).items():
        panel.override_by_name(name, [p for p in properties if not p.id_val.startswith("custom.")])
    return panel


def chart(
    title: str, columns: Sequence[Column], queries: Queries, description: str, span: int = 12
) -> timeseries.Panel:
    """Lines over time. One column with a target shows it as a dashed line."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .no_value(NOTHING)
        .span_nulls(False)
        .line_width(2)
        .fill_opacity(8)
        .show_points(VisibilityMode.AUTO)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.BOTTOM)
            .calcs(["lastNotNull"])
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .height(CHART_HEIGHT)
        .span(span)
    )
    first = columns[0]
    if len({column.unit for column in columns}) == 1 and first.unit:
        panel.unit(first.unit)
    if first.unit == "percentunit":
        panel.axis_soft_min(0).axis_soft_max(1)
    if len(columns) == 1 and first.steps:
        style = common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
        panel.thresholds(_steps(first.steps)).thresholds_style(style)
    for name, properties in overrides(columns, table=False).items():
        panel.override_by_name(name, properties)
    return _fed(panel, queries)


def grid(
    title: str, columns: Sequence[Column], queries: Queries, description: str, span: int = 24
) -> table.Panel:
    """A table; columns that are named are shown with their titles."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .no_value(NOTHING)
        .mappings([missing()])
        .filterable(True)
        .height(TABLE_HEIGHT)
        .span(span)
    )
    for name, properties in overrides(columns, table=True).items():
        panel.override_by_name(name, properties)
    return _fed(panel, queries)


def _steps(steps: Steps) -> ThresholdsConfig:
    return (
        ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(at, color) for at, color in steps])
    )


def _fed(panel: AnyPanel, queries: Queries) -> AnyPanel:
    if isinstance(queries, Sql):
        return panel.datasource(CLICKHOUSE).with_target(queries)
    for query in queries:
        panel.with_target(query)
    return panel.datasource(PROMETHEUS)
