"""Files into a store without Kafka: the same numbers as the oracle's, however the events arrive."""

import json
from pathlib import Path

import pytest

from sources.nga_nam import Event
from tests.e2e import feed
from tests.e2e.program import Program

STORE = ("--store", "store")
TOWN = "H51.18"
QUESTIONS = (
    *(feed.Question(by=by) for by in (None, "agency", "day", "month", "procedure", "field")),
    feed.Question(TOWN),
    feed.Question(TOWN, self_only=True),
)


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """Shuffled, every tenth one twice, with corrections, voids and cleared columns."""
    found = feed.slice_of(25, 0.10)
    stated = json.dumps(found)
    for what in ("dossier.voided.v1", "dossier.corrected.v1", '"ended_at": null'):
        assert what in stated
    return found


def test_files_and_stdin_in_any_order_and_again(alone: Program, tmp_path: Path, events: list[Event]) -> None:
    parts = [events[number::3] for number in (2, 0, 1)]
    first, second = (
        feed.write(tmp_path / f"{name}.ndjson", part) for name, part in zip("ab", parts[:2], strict=True)
    )
    rest = b"\r\n\n".join(map(feed.line, parts[2]))
    said = alone.run("replay", first, second, "-", *STORE, stdin=rest)
    assert said == f"{len(events):,} events folded, 0 refused\n"
    feed.check(alone, STORE, events, *QUESTIONS)

    assert alone.run("replay", first, "-", *STORE, stdin=rest).endswith(" folded, 0 refused\n")
    feed.check(alone, STORE, events)


def test_malformed_lines_are_noted_with_file_and_line(
    alone: Program, tmp_path: Path, events: list[Event]
) -> None:
    few = events[:200]
    lines = [feed.line(event) for event in few]
    broken = feed.line(few[0] | {"subject": "0912345678"})
    file = tmp_path / "broken.ndjson"
    file.write_bytes(b"\n".join([*lines[:100], b"{", b"", broken, *lines[100:]]))
    said, told = alone.tell("replay", file, *STORE)
    assert said == "200 events folded, 2 refused\n"
    assert "1 x Không đọc được JSON." in told
    assert "0912345678" not in told
    noted = (tmp_path / "store" / "dead-letters.ndjson").read_text()
    letters = [json.loads(text) for text in noted.splitlines()]
    assert [(each["topic"], each["offset"], each["reason"]) for each in letters] == [
        (str(file), 101, "not_json"),
        (str(file), 103, "personal_data"),
    ]
    assert "0912345678" not in noted
    feed.check(alone, STORE, few)
