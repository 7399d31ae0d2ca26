"""Agencies and procedures of a simulated province as reference data (schemas.reference): two CSV files."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sources.simulator.procedures import FIELDS, LEVELS
from sources.simulator.province import Province

AGENCIES = ("code", "name", "level", "parent", "valid_from")
PROCEDURES = (
    *("code", "name", "field", "handled_at", "service_level", "duration", "unit", "fee_due"),
    *("eligible_full", "valid_from"),
)
SINCE = "2025-07-01"
"""Two levels of government."""


def write_reference(province: Province, folder: Path) -> tuple[Path, Path]:
    """Write `agencies.csv` and `procedures.csv` into a folder, made if missing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    agencies = [(*agency, min(SINCE, province.size.first.isoformat())) for agency in province.agencies]
    return (
        _write(folder / "agencies.csv", AGENCIES, agencies),
        _write(folder / "procedures.csv", PROCEDURES, _procedures(province)),
    )


def _procedures(province: Province) -> list[tuple[object, ...]]:
    return [
        (
            *(p.code, p.name, FIELDS[p.field][0], "commune" if p.commune else "department", LEVELS[p.level]),
            *("" if p.days < 0 else p.days, "working_day", "yes" if p.fee else "no"),
            *("yes" if p.eligible else "no", min(SINCE, province.size.first.isoformat())),
        )
        for p in province.procedures
    ]


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(columns)
        table.writerows(rows)
    return file
