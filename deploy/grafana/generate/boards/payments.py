"""Online payment: dossiers with a fee, how they were paid, and the money."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.frame import dashboard
from schemas.catalogue import Catalogue

COUNTS = ("dossiers_received_with_fee", "dossiers_paid_online")
MONEY = ("fees_paid", "fees_paid_online")


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.PAYMENTS, "Thanh toán trực tuyến", "Online payment of fees")
    made_of = Board(made, catalogue)
    made_of.row("Trong kỳ")
    made_of.rates("online_payment_rate", "payment_service_rate", *MONEY, span=6)
    made_of.row("Diễn biến")
    made_of.trend("Tỷ lệ thanh toán trực tuyến", "Share paid online by bucket", "online_payment_rate", span=8)
    made_of.trend("Hồ sơ có phí", "Dossiers with a fee, and paid online, by bucket", *COUNTS, span=8)
    made_of.trend("Số tiền", "Money by bucket", *MONEY, span=8)
    made_of.row("Theo cơ quan và thủ tục")
    made_of.split("Cơ quan", "Payment by agency", "agency", *COUNTS, "online_payment_rate", span=12)
    made_of.split("Thủ tục", "Payment by procedure", "procedure", *COUNTS, "online_payment_rate", span=12)
    return made
