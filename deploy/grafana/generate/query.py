"""Queries of panels: SQL for the ClickHouse data source (the SDK has no class for it) and PromQL."""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef

CLICKHOUSE = DataSourceRef("grafana-clickhouse-datasource", "reform-pulse-clickhouse")
PROMETHEUS = DataSourceRef("prometheus", "reform-pulse-prometheus")
PLUGIN = "4.20.0"
"""The version of the ClickHouse data source whose macros the tests expand."""
FORMATS = {"timeseries": 0, "table": 1}


@dataclass(frozen=True)
class Sql(Dataquery, Builder[Dataquery]):
    """A query in SQL; its own builder."""

    text: str
    shape: Literal["timeseries", "table"] = "table"
    ref: str = "A"

    def build(self) -> Dataquery:
        """Itself."""
        return self

    def to_json(self) -> dict[str, object]:
        """As the data source's `CHSqlQuery`."""
        return {
            "refId": self.ref,
            "datasource": CLICKHOUSE,
            "editorType": "sql",
            "queryType": self.shape,
            "format": FORMATS[self.shape],
            "rawSql": self.text,
            "pluginVersion": PLUGIN,
        }


def promql(expression: str, legend: str = "", ref: str = "A") -> prometheus.Dataquery:
    """A PromQL query over the dashboard's range."""
    query = prometheus.Dataquery().expr(expression).range().ref_id(ref).datasource(PROMETHEUS)
    return query.legend_format(legend) if legend else query
