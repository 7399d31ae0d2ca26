"""`python -m serving.alerts [--catalogue FILE] [--calendar PATH] [--runbooks URL] [--hold 0s] [FOLDER]`.

Writes the rule files, by default those of this repository; a province writes its own.
"""

import argparse
from pathlib import Path

from schemas.catalogue import load
from schemas.reference.calendar import RULE_A
from schemas.reference.tables import BUILT_IN, Reference, gather
from serving.alerts.files import rule_files, write
from serving.alerts.rule import Options

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus" / "rules"
CALENDAR = BUILT_IN / "calendar"


def calendar(path: Path = CALENDAR) -> Reference:
    """The working calendar's tables; ends with the mistakes if there are any."""
    reference, mistakes = gather([path])
    if mistakes:
        raise SystemExit("\n".join(map(str, mistakes)))
    return reference


def main() -> None:
    """Write the rules."""
    usual = Options()
    parser = argparse.ArgumentParser(prog="python -m serving.alerts", description="Write Prometheus rules.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--catalogue", type=Path, help="a province's own catalogue")
    parser.add_argument("--calendar", type=Path, default=CALENDAR, help="calendar and hours, CSV or XLSX")
    parser.add_argument("--runbooks", default=usual.runbooks, help="where the runbooks are served")
    parser.add_argument("--hold", help="how long every condition must hold, instead of each alert's own")
    parser.add_argument("--interval", default=usual.interval, help="between evaluations")
    given = parser.parse_args()
    reference = calendar(given.calendar)
    catalogue = load(given.catalogue) if given.catalogue else load()
    options = Options(given.interval, given.hold, given.runbooks)
    write(given.folder, rule_files(catalogue, reference.calendar, reference.hours or RULE_A, options))


if __name__ == "__main__":
    main()
