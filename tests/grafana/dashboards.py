"""The checked-in dashboards, as tests read them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "grafana"
CLICKHOUSE = "grafana-clickhouse-datasource"


def dashboards() -> dict[str, dict[str, Any]]:
    """By uid."""
    files = sorted((FOLDER / "dashboards").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


@dataclass(frozen=True)
class Query:
    """A query of a panel."""

    dashboard: str
    panel: dict[str, Any]
    target: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.dashboard}: {self.panel['title']}"

    @property
    def named_columns(self) -> list[str]:
        """The columns that overrides are for."""
        rules = self.panel["fieldConfig"]["overrides"]
        return [rule["matcher"]["options"] for rule in rules if rule["matcher"]["options"]]


def queries() -> Iterator[Query]:
    """The queries of all panels."""
    for uid, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield Query(uid, panel, target)


def sql() -> list[Query]:
    return [query for query in queries() if query.target["datasource"]["type"] == CLICKHOUSE]


def promql() -> list[Query]:
    return [query for query in queries() if query.target["datasource"]["type"] == "prometheus"]
