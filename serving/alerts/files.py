"""The generated rule files: which there are and what stands in them."""

from collections.abc import Iterable
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.reference.calendar import RULE_A, CalendarDay, Hours
from serving.alerts.dossiers import dossier_alerts
from serving.alerts.kpis import kpi_alerts
from serving.alerts.pipeline import pipeline_alerts
from serving.alerts.ratios import ratios
from serving.alerts.rule import Alert, Options, written
from serving.alerts.working_time import working_time


def rule_files(
    catalogue: Catalogue,
    days: Iterable[CalendarDay] = (),
    hours: Iterable[Hours] = RULE_A,
    options: Options | None = None,
) -> dict[str, str]:
    """Contents by file name."""
    groups = {
        "kpis.yml": ratios(catalogue),
        "working_time.yml": working_time(days, hours),
        "kpi_alerts.yml": kpi_alerts(catalogue),
        "dossier_alerts.yml": dossier_alerts(),
        "pipeline_alerts.yml": pipeline_alerts(),
    }
    return {name: written(group, options or Options()) for name, group in groups.items()}


def alerts(catalogue: Catalogue) -> list[Alert]:
    """All alerts."""
    groups = (kpi_alerts(catalogue), dossier_alerts(), pipeline_alerts())
    return [rule for group in groups for rule in group.rules if isinstance(rule, Alert)]


def write(folder: Path, files: dict[str, str]) -> None:
    """Write them into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
