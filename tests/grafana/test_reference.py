"""Panels with reference data loaded: agencies go by the tree, targets are those that the province has set."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from clickhouse_connect.driver.client import Client

from schemas.catalogue import load
from schemas.instant import VIETNAM, midnight
from schemas.selection import Scope
from serving.kpis import kpi_rows
from serving.period import Period
from sinks.clickhouse.counts import ClickHouseCounts
from tests.grafana.dashboards import sql
from tests.grafana.screen import Screen
from tests.reference.tables import AGENCIES, SUCCESSORS, good
from tests.reference.test_rollups import MOVES, cells, stored
from tests.stores import embedded, emptied

CATALOGUE = load()
RATE = "online_dossier_rate"
PANELS = {query.name: query.target["rawSql"] for query in sql()}
NO_COHORT = date(1970, 1, 1)
JUNE = Period(date(2025, 6, 1), date(2025, 7, 1))
JULY = Period(date(2025, 7, 1), date(2025, 8, 1))
TARGETS = f"""kpi,agency,level,value,valid_from,valid_to
{RATE},P2.K,,0.9,2025-07-01,2026-01-01
{RATE},,commune,0.6,2025-01-01,2026-01-01
"""
EVERY = ("P1", "P1.D", "P1.D.A", "P1.D.X", "P2", "P2.K", "P2.M", "P3.Y")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """In each month every agency has twice as many dossiers as the one before it, half of them online."""
    found = []
    for number, agency in enumerate(EVERY):
        for day in (date(2025, 6, 10), date(2025, 7, 10)):
            found.append((agency, day, 2 << number, NO_COHORT, "dossiers_received"))
            found.append((agency, day, 1 << number, NO_COHORT, "dossiers_received_online"))
    emptied()
    tables = {"agencies": AGENCIES + MOVES, "successors": SUCCESSORS, "targets": TARGETS}
    stored(good(tmp_path_factory.mktemp("reference"), **tables), cells(*found))
    yield embedded().client
    emptied()


def screen(agency: str, period: Period) -> Screen:
    end = datetime.fromtimestamp(midnight(period.end).timestamp() - 1, VIETNAM)
    return Screen(midnight(period.start), end, {"agency": agency, "period": "month"}, {"agency": EVERY})


@pytest.mark.parametrize("period", [JUNE, JULY], ids=["before", "after"])
@pytest.mark.parametrize("agency", ["$__all", *EVERY, "P9"])
def test_an_agency_is_what_lies_below_it_on_the_last_day(client: Client, agency: str, period: Period) -> None:
    shown = client.query(screen(agency, period).sql(PANELS["rp-overview: Hồ sơ tiếp nhận và giải quyết"]))
    received = sum(row[shown.column_names.index("dossiers_received")] for row in shown.result_rows)
    scope = Scope() if agency == "$__all" else Scope(agency, on=period.last_day)
    counts, now = ClickHouseCounts(client), midnight(period.end)
    (row,) = kpi_rows(CATALOGUE, counts, period, now, scope=scope, names=[RATE])
    assert received == row.denominator


def test_a_commune_that_moved_is_below_another(client: Client) -> None:
    """The codes would say otherwise."""
    moved = 2 << EVERY.index("P2.M")
    shown = {}
    for period in (JUNE, JULY):
        text = screen("P1.D", period).sql(PANELS["rp-overview: Hồ sơ tiếp nhận và giải quyết"])
        shown[period] = client.query(text).result_rows[0][1]
    assert shown[JUNE] - shown[JULY] == moved


@pytest.mark.parametrize(
    ("agency", "period", "target"),
    [
        ("P2.K", JULY, 0.9),
        ("P2.K", JUNE, 0.6),
        ("P2.M", JULY, 0.6),
        ("P2", JULY, None),
        ("P3.Y", JULY, None),
        ("$__all", JULY, None),
    ],
)
def test_targets_are_the_loaded_ones(
    client: Client, agency: str, period: Period, target: float | None
) -> None:
    """An agency's own, else those of its level, else the catalogue's: as `kpis --compare target` has it."""
    kpi = next(kpi for kpi in CATALOGUE.kpis if kpi.name == RATE)
    found = client.query(screen(agency, period).sql(PANELS["rp-agency: Chỉ tiêu trong kỳ"]))
    rows = [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]
    (row,) = [row for row in rows if row["title"] == kpi.vi]
    assert row["target"] == (kpi.target if target is None else target)
    if row["value"] is not None:
        assert row["beyond"] == pytest.approx(row["value"] - row["target"])
