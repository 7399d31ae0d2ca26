"""The dashboards, one a module; `BOARDS` lists them by uid."""

from collections.abc import Callable

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.boards import (
    agency,
    decision_766,
    overdue,
    overview,
    payments,
    pipeline,
    procedures,
    signatures,
)
from schemas.catalogue import Catalogue

BOARDS: dict[str, Callable[[Catalogue], Dashboard]] = {
    links.OVERVIEW: overview.board,
    links.AGENCY: agency.board,
    links.PROCEDURES: procedures.board,
    links.SIGNATURES: signatures.board,
    links.PAYMENTS: payments.board,
    links.OVERDUE: overdue.board,
    links.SCORE: decision_766.board,
    links.PIPELINE: pipeline.board,
}
