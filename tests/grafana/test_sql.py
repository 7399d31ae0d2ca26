"""Every panel's SQL on the embedded engine, macros expanded: rows, columns and types as the panel needs."""

import re
from datetime import date

import pytest
from clickhouse_connect.driver.client import Client

from schemas.catalogue import load
from schemas.instant import midnight
from serving.kpis import kpi_rows
from serving.period import Period
from sinks.clickhouse.counts import ClickHouseCounts
from sources import nga_nam
from tests.grafana.dashboards import Query, dashboards, sql
from tests.grafana.screen import Screen

NUMBER = re.compile(r"(Nullable\()?(U?Int|Float|Decimal)")
TIME = re.compile(r"(Nullable\()?DateTime")
PANELS = {query.name: query for query in sql()}
HALF_YEAR = Period(date(2022, 7, 1), date(2023, 1, 1))


@pytest.fixture(params=PANELS)
def query(request: pytest.FixtureRequest) -> Query:
    return PANELS[request.param]


def test_every_panel_has_another_title() -> None:
    assert len(PANELS) == len(sql())


def test_a_panel_has_rows_and_the_columns_it_shows(client: Client, screen: Screen, query: Query) -> None:
    found = client.query(screen.sql(query.target["rawSql"]))
    types = dict(zip(found.column_names, (kind.name for kind in found.column_types), strict=True))
    assert found.result_rows
    kind = query.panel["type"]
    if kind == "stat":
        assert len(found.result_rows) == 1
        assert len(types) == max(1, len(query.named_columns))
        assert all(NUMBER.match(name) for name in types.values())
    elif kind == "timeseries":
        assert query.target["format"] == 0
        assert TIME.match(types.pop("time"))
        assert all(NUMBER.match(name) for name in types.values())
        times = [row[0] for row in found.result_rows]
        assert times == sorted(set(times))
    assert set(query.named_columns) <= set(types)
    for name in types if kind != "stat" else ():
        assert name in query.named_columns


def test_a_rate_is_the_one_that_the_commands_print(client: Client, screen: Screen) -> None:
    agency = screen.variables["agency"]
    assert agency in ("$__all", nga_nam.TOWN)  # the whole feed either way
    end = midnight(HALF_YEAR.end)
    rows = {row.kpi: row for row in kpi_rows(load(), ClickHouseCounts(client), HALF_YEAR, end)}
    compared = 0
    for uid in dashboards():
        for panel in (p for p in PANELS.values() if p.dashboard == uid and p.panel["type"] == "stat"):
            found = client.query(screen.sql(panel.target["rawSql"]))
            if (row := rows.get(found.column_names[0])) and "now()" not in panel.target["rawSql"]:
                assert found.result_rows[0][0] == pytest.approx(row.value)
                compared += 1
    assert compared > 10


def test_an_empty_store_gives_no_value_and_no_error(client: Client, query: Query, screen: Screen) -> None:
    before = Screen(
        screen.start.replace(year=2001), screen.end.replace(year=2001), screen.variables, screen.options
    )
    found = client.query(before.sql(query.target["rawSql"])).result_rows
    if query.panel["type"] == "stat" and query.panel["title"].startswith("Tỷ lệ"):
        assert found == [(None,)]


def test_key_pruning_holds(client: Client, screen: Screen) -> None:
    """The plan restricts the primary key by measure, by days, and by agency where one is chosen."""
    for query in PANELS.values():
        text = screen.sql(query.target["rawSql"])
        if "counts_" not in text:
            continue
        plan = "\n".join(row[0] for row in client.query(f"EXPLAIN indexes = 1 {text}").result_rows)
        keys = re.findall(r"PrimaryKey\n(.*?)Condition: (.*?)\n", plan, re.DOTALL)
        assert keys, query.name
        for _, condition in keys:
            assert "measure" in condition, query.name
            assert re.search(r"bucket|cohort", condition), query.name
            if screen.variables["agency"] != "$__all":
                assert "agency" in condition, query.name
