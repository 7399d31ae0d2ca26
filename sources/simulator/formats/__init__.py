"""The province in the formats of source systems: what each would send, and which KPIs it can carry.

A format carries a KPI when its records hold everything that the KPI counts. `settled`: whether it can say
that an earlier statement was a mistake; a format that cannot is given a province in which nobody makes any.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

from sources.debezium.changes import Table
from sources.mapping import Mapping
from sources.simulator.formats import edxml, lists, payments, portal, table
from sources.simulator.formats.writer import Writer

SYNCED = frozenset(
    [
        "online_dossier_rate",
        "on_time_rate",
        "in_time_rate",
        "returned_rate",
        "digitised_dossier_rate",
        "data_reuse_rate",
        "identity_verified_rate",
        "supplement_rate",
        "repeat_supplement_rate",
        "dossiers_pending",
        "dossiers_overdue",
        "dossiers_online_overdue",
        "dossiers_due_24h",
        "dossiers_waiting",
    ]
)
STEPS = frozenset(
    ["online_dossier_rate", "returned_rate", "supplement_rate", "dossiers_pending", "dossiers_waiting"]
)
DOSSIERS = SYNCED | frozenset(
    [
        "full_process_dossier_rate",
        "full_process_use_rate",
        "online_payment_rate",
        "apology_rate",
        "digitised_result_rate",
        "sync_rate",
        "satisfaction_rate",
        "untroubled_dossier_rate",
        "payment_used_rate",
        "dossiers_unaccepted_overdue",
    ]
)
MONEY = frozenset({"fees_paid", "fees_paid_online"})
SIGNED = frozenset({"document_signed_rate", "signed_report_rate"})


@dataclass(frozen=True)
class SourceFormat:
    """How a source tells of the province.

    adapter: the one that reads it. carries: KPIs. settled: see above. mapping: the file to read it with.
    """

    name: str
    adapter: str
    writer: Callable[[bool], Writer]
    carries: frozenset[str]
    settled: bool = True
    mapping: str = ""

    @property
    def mapping_text(self) -> str:
        """The mapping file; "" where the adapter needs none."""
        return _text(self.mapping) if self.mapping else ""


def _text(name: str) -> str:
    return (resources.files(__name__) / f"{name}.toml").read_text("utf-8")


def _list(name: str) -> Callable[[bool], Writer]:
    return lambda workbook: lists.Lists(Mapping.of(tomllib.loads(_text(name)), name), workbook=workbook)


def _changes(_: bool) -> Writer:
    return table.Changes(Table.of(tomllib.loads(_text("dossier_table")), "dossier_table"))


FORMATS: dict[str, SourceFormat] = {
    each.name: each
    for each in (
        SourceFormat(
            "portal-dossiers", "portal-dossiers", lambda _: portal.Dossiers(), SYNCED, settled=False
        ),
        SourceFormat("portal-progress", "portal-progress", lambda _: portal.Progress(), STEPS, settled=False),
        SourceFormat("payments", "payments", lambda _: payments.Payments(), MONEY),
        SourceFormat("edxml", "edxml", lambda _: edxml.Documents(), frozenset()),
        SourceFormat("one-stop-list", "sheet", _list("one_stop_list"), DOSSIERS, mapping="one_stop_list"),
        SourceFormat("documents-list", "sheet", _list("documents_list"), SIGNED, mapping="documents_list"),
        SourceFormat("debezium", "debezium", _changes, DOSSIERS, mapping="dossier_table"),
    )
}
