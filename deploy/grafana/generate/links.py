"""Links between the dashboards: their uids, the menu at the top, and the links in table cells."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

TAG = "reform-pulse"
OVERVIEW = "rp-overview"
AGENCY = "rp-agency"
PROCEDURES = "rp-procedures"
SIGNATURES = "rp-signatures"
PAYMENTS = "rp-payments"
OVERDUE = "rp-overdue"
SCORE = "rp-decision-766"
PIPELINE = "rp-pipeline"


def menu() -> DashboardLink:
    """All our dashboards, with the chosen agency and period."""
    return (
        DashboardLink("Bảng theo dõi")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def to(uid: str, title: str, **variables: str) -> dict[str, Any]:
    """A link of a cell: to a dashboard, over the same time, with variables from columns of the row."""
    chosen = [f"var-{name}=${{__data.fields.{column}}}" for name, column in variables.items()]
    kept = [] if "agency" in variables else ["${agency:queryparam}"]
    query = "&".join([*chosen, *kept, "${period:queryparam}", "${__url_time_range}"])
    return {"title": title, "url": f"/d/{uid}?{query}"}
