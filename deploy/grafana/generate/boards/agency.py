"""One agency with the agencies below it: all KPIs against their targets, stocks, and their course."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.field import Column
from deploy.grafana.generate.frame import dashboard
from deploy.grafana.generate.panels import chart, grid
from deploy.grafana.generate.query import Sql
from deploy.grafana.generate.sheet import sheet
from schemas.catalogue import Catalogue

SHEET = (
    Column("title", "Chỉ tiêu", width=420),
    Column("numerator", "Tử số", "locale", 0),
    Column("denominator", "Mẫu số", "locale", 0),
    Column("value", "Giá trị", "percentunit", 2),
    Column("target", "Mục tiêu", "percentunit", 0),
    Column("beyond", "So với mục tiêu", "percentunit", 2, ((None, "red"), (0, "green"))),
)
STOCKS = ("dossiers_pending", "dossiers_overdue", "dossiers_due_24h", "dossiers_waiting")
RATES = ("online_dossier_rate", "full_process_dossier_rate", "online_payment_rate", "on_time_rate")


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.AGENCY, "Cơ quan", "One agency and its subtree: every KPI and its course")
    made_of = Board(made, catalogue)
    made_of.row("Hồ sơ của cơ quan và đơn vị trực thuộc")
    made_of.stocks(*STOCKS)
    made_of.rates("in_time_rate", "apology_rate")
    names = list(dict.fromkeys(kpi.name for kpi in catalogue.kpis))
    made_of.row("Tất cả chỉ tiêu")
    query = Sql(sheet(made_of.figures, names))
    made_of.add(grid("Chỉ tiêu trong kỳ", SHEET, query, "Every KPI with its parts and its target").height(18))
    made_of.row("Diễn biến")
    made_of.trend("Trực tuyến, thanh toán, đúng hạn", "Headline rates by bucket", *RATES)
    flows = ("dossiers_received", "dossiers_ended", "dossiers_ended_late")
    made_of.trend("Hồ sơ tiếp nhận và giải quyết", "Dossiers received, ended, ended late by bucket", *flows)
    level = Sql(made_of.figures.level_trend("dossiers_pending", "dossiers_overdue"), "timeseries")
    stocks = made_of.columns("dossiers_pending", "dossiers_overdue")
    made_of.add(chart("Hồ sơ tồn, quá hạn", stocks, level, "Pending and overdue at each day's end"))
    made_of.split(
        "Đơn vị trực thuộc", "Agencies of the subtree", "agency", "dossiers_received", *RATES[:3], span=12
    )
    return made
