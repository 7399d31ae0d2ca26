"""No client of Kafka or ClickHouse is made past the settings of security: read in the source, all of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"Consumer", "Producer", "AdminClient"}
OURS = {"EventProducer", "DeadLetterTopic", "DeadLetterLog", "Outbox"}
EMBEDDED = {"streams/cli/demo.py", "streams/cli/drilling/stage.py"}
"""They speak to the broker that this very process has started."""


def calls(folder: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """File and text of each call of these names."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        text, place = file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _name(node.func) in names:
                yield place, ast.get_source_segment(text, node) or ""


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def found(*wanted: tuple[str, set[str]]) -> list[tuple[str, str]]:
    """All of several folders."""
    return [call for folder, names in wanted for call in calls(folder, names)]


@pytest.mark.parametrize(("place", "call"), found(("streams", OWN)))
def test_librdkafka_is_told_by_the_one_module(place: str, call: str) -> None:
    assert "librdkafka(settings" in call, f"{place}: build it with streams.kafka.librdkafka: {call}"


@pytest.mark.parametrize(("place", "call"), found(("streams", OURS)))
def test_what_sends_and_reads_is_given_the_way(place: str, call: str) -> None:
    if place in EMBEDDED:
        return
    assert "librdkafka(" in call or "way=way" in call, f"{place}: give it way=librdkafka(settings): {call}"


@pytest.mark.parametrize(("place", "call"), found(("sinks", OWN), ("sources", OWN)))
def test_what_is_given_is_used(place: str, call: str) -> None:
    assert "way" in call or "self._configuration" in call, f"{place}: {call}"


@pytest.mark.parametrize(("place", "call"), found(("streams/cli", {"connect", "at"})))
def test_clickhouse_is_reached_as_the_settings_say(place: str, call: str) -> None:
    embedded = "(store)" in call or "store_directory" in call
    assert embedded or "place" in call, f"{place}: build it with streams.cli.options.place_of: {call}"


def test_there_is_something_to_hold_to_it() -> None:
    assert len(found(("streams", OWN))) >= 2
    assert len(found(("streams", OURS))) >= 6
    assert len(found(("sinks", OWN), ("sources", OWN))) >= 4
