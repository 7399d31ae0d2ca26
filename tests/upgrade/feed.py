"""What a snapshot is made of: every example of the contract, and some weeks of a small simulated province.

Part of it is folded before the snapshot, the rest is what comes after the upgrade.
"""

import json
from datetime import date
from pathlib import Path

from schemas.contract import TYPES
from schemas.event import read
from schemas.examples import of_type
from sources.simulator import Faults, Mistakes, Province, Run, Size
from sources.simulator.reference import write_reference
from tests.naive import NOW

SIZE = Size(date(2025, 9, 1), 40, agencies=6, procedures=8, dossiers=40)
FAULTS, WRONG = Faults(duplicates=0.05, disorder=0.1), Mistakes(corrected=0.1, voided=0.05)
SEED = 7
EXAMPLES_BEFORE = 2


def feed() -> tuple[list[str], list[str]]:
    """Lines of NDJSON: those before the snapshot, and those after. Of each type there are some before."""
    examples = [_accepted(type_) for type_ in TYPES]
    before = [line for lines in examples for line in lines[:EXAMPLES_BEFORE]]
    after = [line for lines in examples for line in lines[EXAMPLES_BEFORE:]]
    told = [line for events in Run(_province(), FAULTS, WRONG).days() for line in events["line"]]
    half = len(told) // 2
    return before + told[:half], told[half:] + after


def reference(folder: Path) -> tuple[Path, Path]:
    """The agencies and procedures of the province, as files."""
    return write_reference(_province(), folder)


def _province() -> Province:
    return Province(SEED, SIZE)


def _accepted(type_: str) -> list[str]:
    events = [example["event"] for example in of_type(type_) if "registers" in example]
    return [read_line(event) for event in events]


def read_line(event: dict[str, object]) -> str:
    """An event as a line; it must be one that is accepted."""
    read(event, NOW)
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
