"""The province at a glance: headline rates, stocks, their course, and every agency in one table."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.frame import dashboard
from deploy.grafana.generate.panels import chart
from deploy.grafana.generate.query import Sql
from schemas.catalogue import Catalogue

HEADLINES = (
    "online_dossier_rate",
    "full_process_dossier_rate",
    "online_payment_rate",
    "on_time_rate",
    "document_signed_rate",
    "digitised_dossier_rate",
)


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.OVERVIEW, "Tổng quan cải cách hành chính", "The province's reform at a glance")
    made_of = Board(made, catalogue)
    made_of.row("Chỉ tiêu chính trong kỳ")
    made_of.rates(*HEADLINES)
    made_of.row("Hồ sơ")
    made_of.stocks("dossiers_pending", "dossiers_overdue", "dossiers_due_24h", "dossiers_waiting")
    made_of.rates("satisfaction_rate", "returned_rate")
    made_of.row("Diễn biến")
    made_of.trend("Trực tuyến và thanh toán", "Online dossiers and payment by bucket", *HEADLINES[:3])
    made_of.trend("Đúng hạn, ký số, số hóa", "On time, signed, digitised by bucket", *HEADLINES[3:])
    flows = ("dossiers_received", "dossiers_received_online", "dossiers_ended")
    made_of.trend("Hồ sơ tiếp nhận và giải quyết", "Dossiers received and ended by bucket", *flows)
    stocks = ("dossiers_pending", "dossiers_overdue")
    level = Sql(made_of.figures.level_trend(*stocks), "timeseries")
    made_of.add(
        chart("Hồ sơ tồn, quá hạn", made_of.columns(*stocks), level, "Pending and overdue at each day's end")
    )
    made_of.row("Theo cơ quan")
    made_of.split(
        "Cơ quan", "KPIs by agency", "agency", "dossiers_received", *HEADLINES[:4], "digitised_dossier_rate"
    )
    return made
