"""What every dashboard has: time zone, refresh, variables, periods to choose, the menu."""

from grafana_foundation_sdk.builders.dashboard import (
    CustomVariable,
    Dashboard,
    QueryVariable,
    TextBoxVariable,
    TimeOption,
    TimePicker,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from deploy.grafana.generate.cube import BY_DAY, ZONE
from deploy.grafana.generate.links import TAG, menu
from deploy.grafana.generate.query import CLICKHOUSE
from deploy.grafana.generate.sql import FIRST, LAST

RANGES = (
    ("Hôm nay", "now/d", "now/d"),
    ("7 ngày qua", "now-6d/d", "now/d"),
    ("30 ngày qua", "now-29d/d", "now/d"),
    ("Tháng này", "now/M", "now/M"),
    ("Tháng trước", "now-1M/M", "now-1M/M"),
    ("Quý này", "now/fQ", "now/fQ"),
    ("Quý trước", "now-1Q/fQ", "now-1Q/fQ"),
    ("Năm nay", "now/y", "now/y"),
    ("Năm trước", "now-1y/y", "now-1y/y"),
    ("Kỳ báo cáo tháng (15 đến 14)", "now-1M/M+14d", "now-1M/M+14d"),
)
"""Periods: calendar ones as in Decision 766, and the reporting month of Decree 09/2019; `to` rounds up."""
PERIODS = (("Ngày", "day"), ("Tuần", "week"), ("Tháng", "month"), ("Quý", "quarter"), ("Năm", "year"))
AGENCIES = (
    "SELECT code, if(max(name) = '', code, concat(max(name), ' (', code, ')')) AS label FROM "
    "(SELECT code, argMax(name, valid_from) AS name FROM agencies_current GROUP BY code UNION ALL "
    f"SELECT DISTINCT agency AS code, '' AS name FROM {BY_DAY.view} "
    "WHERE measure IN ('dossiers_received', 'documents_issued') AND agency != '' "
    f"AND {BY_DAY.since(FIRST)} AND {BY_DAY.before(f'{LAST} + 1')}) GROUP BY code ORDER BY code"
)
"""Code and name, from the reference data and from the counts of the period."""


def agency() -> QueryVariable:
    """The agency whose subtree is shown; all: the province."""
    return (
        QueryVariable("agency")
        .label("Cơ quan")
        .description("Agency, with the agencies below it")
        .datasource(CLICKHOUSE)
        .query(AGENCIES)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.DISABLED)
        .include_all(True)
        .current(VariableOption(True, "All", "$__all"))
    )


def period(chosen: str) -> CustomVariable:
    """How long the buckets of charts are."""
    options = [VariableOption(value == chosen, text, value) for text, value in PERIODS]
    return (
        CustomVariable("period")
        .label("Chu kỳ")
        .description("Length of a bucket in charts")
        .values(",".join(f"{text} : {value}" for text, value in PERIODS))
        .options(options)
        .current(next(option for option in options if option.selected))
    )


def text(name: str, label: str, description: str) -> TextBoxVariable:
    """A value typed in or brought by a link; empty: no condition."""
    return TextBoxVariable(name).label(label).description(description).default_value("")


def _range(name: str, start: str, end: str) -> Builder[models.TimeOption]:
    return TimeOption().display(name).from_val(start).to(end)


def dashboard(uid: str, title: str, description: str, since: str = "now/M", bucket: str = "day") -> Dashboard:
    """A dashboard without panels, read only: it is changed here."""
    ranges = [_range(name, start, end) for name, start, end in RANGES]
    return (
        Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone(ZONE)
        .week_start("monday")
        .refresh("30s")
        .time(since, "now/d")
        .timepicker(TimePicker().quick_ranges(ranges))
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(menu())
        .with_variable(agency())
        .with_variable(period(bucket))
    )
