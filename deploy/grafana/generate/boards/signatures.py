"""Digital signatures on documents and on periodic reports."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.frame import dashboard
from schemas.catalogue import Catalogue

RATES = ("document_signed_rate", "signed_report_rate")
COUNTS = ("documents_issued", "documents_signed", "reports_issued", "reports_signed")


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.SIGNATURES, "Ký số văn bản", "Digital signatures; secret documents send no event")
    made_of = Board(made, catalogue)
    made_of.row("Trong kỳ")
    made_of.rates(*RATES, span=12)
    made_of.row("Diễn biến")
    made_of.trend("Tỷ lệ ký số", "Share signed by bucket", *RATES)
    made_of.trend("Văn bản phát hành và ký số", "Documents issued and signed by bucket", *COUNTS)
    made_of.row("Theo cơ quan")
    made_of.split("Cơ quan", "Signatures by agency", "agency", *COUNTS[:2], RATES[0], *COUNTS[2:], RATES[1])
    return made
