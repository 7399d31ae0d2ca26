"""Procedures and services: what is asked for, how it is handled, and which services are offered online."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.field import percent
from deploy.grafana.generate.frame import dashboard
from deploy.grafana.generate.panels import big_number
from deploy.grafana.generate.query import Sql
from deploy.grafana.generate.sheet import pairs
from schemas.catalogue import Catalogue

RATES = (
    "online_dossier_rate",
    "full_process_dossier_rate",
    "on_time_rate",
    "returned_rate",
    "supplement_rate",
)


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.PROCEDURES, "Thủ tục và dịch vụ công", "Procedures and online services")
    made_of = Board(made, catalogue)
    made_of.row("Dịch vụ công")
    made_of.rates("full_service_rate", "online_service_rate", "payment_service_rate", span=6)
    numbers = pairs(made_of.figures, ["used_service_rate"])
    text = f"SELECT numerator / nullIf(denominator, 0) AS value FROM ({numbers})"
    used = percent(made_of.figures.kpi("used_service_rate"))
    made_of.add(big_number(used, Sql(text), made_of.about("used_service_rate"), 6))
    made_of.row("Thủ tục")
    made_of.split(
        *("Thủ tục có hồ sơ", "Procedures with dossiers, most asked for first", "procedure"),
        *("dossiers_received", *RATES),
    )
    made_of.row("Lĩnh vực")
    made_of.split(
        "Lĩnh vực", "Fields, most asked for first", "field", "dossiers_received", *RATES[:3], span=12
    )
    made_of.trend("Toàn trình và bổ sung", "Full process, returned, supplements by bucket", *RATES[1:])
    return made
