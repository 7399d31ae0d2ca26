"""Writes the dashboards, or checks that they are what would be written."""

import argparse
import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.generate.boards import BOARDS
from schemas.catalogue import load

FOLDER = Path(__file__).parent.parent / "dashboards"


def texts() -> dict[str, str]:
    """File name and JSON of every dashboard; panels are numbered in their order."""
    catalogue = load()
    made = {}
    for uid, board in BOARDS.items():
        dashboard = board(catalogue).build()
        for number, panel in enumerate(dashboard.panels or [], 1):
            panel.id_val = number
        document = json.loads(JSONEncoder().encode(dashboard))
        made[f"{uid}.json"] = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return made


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.grafana.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    made, check = texts(), parser.parse_args().check
    for name, text in made.items():
        file = FOLDER / name
        if check and (not file.exists() or file.read_text(encoding="utf-8") != text):
            print(f"{name} is out of date: run python -m deploy.grafana.generate", file=sys.stderr)
            return 1
        if not check:
            file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
