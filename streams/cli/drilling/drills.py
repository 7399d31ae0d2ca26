"""The drill of each alert: what goes wrong in a simulated province, or is done to the system itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.cli.drilling.stage import Stage

Act = Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Drill:
    """How an alert is made to fire.

    scenario: of the simulator, at one agency, in the last `days` days. kpi: which one is told of.
    local: whether the agency is named. halt: so many hours before its end the province stands still for a
    moment, so that Prometheus sees how it was.
    passing: whether what comes right after the halt counts already, because the alert ends by itself.
    withheld: a source of which nothing comes after the halt. act, mend: what is done to the system at the
    end, and how it is undone.
    """

    scenario: str = ""
    kpi: str = ""
    local: bool = True
    days: int = 60
    halt: float = 0
    passing: bool = False
    withheld: str = ""
    act: Act | None = None
    mend: Act | None = None


def _verify(stage: "Stage") -> None:
    stage.verify()


def _tamper(stage: "Stage") -> None:
    stage.alter_a_count(1)
    stage.verify()


def _restore(stage: "Stage") -> None:
    stage.alter_a_count(-1)
    stage.verify()


def _unplug(stage: "Stage") -> None:
    """The last checkpoint is ten minutes old, the store takes nothing more, and events go on coming."""
    stage.clock.behind(600)
    stage.repeat(wait=True)
    stage.unplug()
    stage.clock.behind(0)
    stage.repeat(wait=False)


DRILLS = {
    "KpiFallen": Drill("online-rate-falls", "online_dossier_rate", days=2),
    "KpiBelowTarget": Drill("online-rate-falls", "online_dossier_rate"),
    "SigningRateLow": Drill("signing-low", "document_signed_rate"),
    "PaymentBelowTarget": Drill("payments-drop"),
    "SupplementsRepeated": Drill("supplements-repeated"),
    "ReturnedRateHigh": Drill("returned-rises"),
    "OverdueRising": Drill("overdue-rises", halt=240, passing=True),
    "PortalDossiersOverdue": Drill("overdue-rises"),
    "LateWithoutApology": Drill("no-apologies"),
    "AcceptanceOverdue": Drill("nobody-answers"),
    "DossiersDueSoon": Drill(),
    "AgencySilent": Drill("source-silent", days=2, halt=27),
    "SourceSilent": Drill(halt=27, withheld="/h51/documents"),
    "DeadLettersRising": Drill("dead-letters", local=False),
    "CountsNotVerified": Drill(mend=_verify),
    "CountsDiffer": Drill(act=_tamper, mend=_restore),
    "WorkerNotProgressing": Drill(act=_unplug, mend=lambda stage: stage.plug_in()),
    "NoWorker": Drill(act=lambda stage: stage.stop_worker()),
}
"""In the order in which they can be held together: without a worker nothing else is left to do."""
