"""The sample files of every format, and what comes of each; `python -m tests.sources.samples` writes it anew.

Beside `NAME.ext` lie `NAME.toml`, its configuration if it needs one, and `NAME.ext.expected.json`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.instant import to_microseconds
from sources.adapter import Bound
from sources.adapters import bind, bind_file
from sources.converted import Converted
from sources.pseudonym import Pseudonyms

SAMPLES = Path(__file__).parents[2] / "sources" / "samples"
NOW = to_microseconds(datetime(2026, 6, 1, tzinfo=UTC))
KEYS = Pseudonyms.parse("a=a-key-for-samples-and-tests-alone-01")
EXPECTED = ".expected.json"
NO_SAMPLES = (".toml", ".json.expected", EXPECTED)


def files() -> list[Path]:
    """All sample files."""
    found = [file for file in SAMPLES.glob("*/*") if file.is_file() and not file.name.endswith(NO_SAMPLES)]
    return sorted(found)


def bound_of(file: Path) -> Bound:
    """The adapter of a sample, with the configuration beside it."""
    own = file.with_name(f"{file.stem}.toml")
    return bind_file(own, KEYS) if own.exists() else bind(file.parent.name, KEYS)


def convert(file: Path) -> Converted:
    """What comes of a sample."""
    bound, result = bound_of(file), Converted()
    for payload in bound.adapter.split(file.read_bytes()):
        result.add(bound.adapt(payload, NOW))
    return result


def told(result: Converted) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "events": result.events,
        "refused": [
            {"row": item.row, "column": item.column, "reason": item.reason.code, "value": item.value}
            for item in result.refused
        ],
        "noticed": dict(sorted((+result.noticed).items())),
        "totals": [total.as_dict() for total in result.totals],
        "ignored": sorted(result.ignored),
    }


def expected_of(file: Path) -> Path:
    """Where it says what must come of a sample."""
    return file.with_name(file.name + EXPECTED)


def main() -> None:
    """Write what comes of every sample; read the difference before you commit it."""
    for file in files():
        text = json.dumps(told(convert(file)), ensure_ascii=False, indent=1)
        expected_of(file).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
