"""The marks that the project set itself, and what a run of the benchmarks says about them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bench.report import Row

FRAMEWORKS = ("kafka_streams", "bytewax_dataflow", "pathway_tables", "quix_streams", "faust_per_event")


class Mark(NamedTuple):
    """What is to be reached, how much of it, and what was; None where a figure is missing."""

    what: str
    least: float
    reached: float | None


def marks(rows: Sequence[Row]) -> list[Mark]:
    """All marks about speed, from events a second."""
    ours, ours_bare = _speed(rows, "ours", writes=True), _speed(rows, "ours")
    faust = _speed(rows, "faust_per_event", writes=True, recovery=True)
    frameworks = [_speed(rows, name, writes=True, recovery=True) for name in FRAMEWORKS]
    best = max((speed for speed in frameworks if speed), default=None)
    return [
        Mark("events a second on one core, with all writes", 150_000, ours),
        Mark("times Faust event by event, both with writes and recovery", 30, _ratio(ours, faust)),
        Mark("times the best framework, both with writes and recovery", 4, _ratio(ours, best)),
        Mark(
            "times the hand-written loop, both without writes",
            1,
            _ratio(ours_bare, _speed(rows, "msgspec_loop")),
        ),
        Mark(
            "times one core on two, with all writes", 1.6, _ratio(_speed(rows, "ours_two", writes=True), ours)
        ),
    ]


def table(found: Iterable[Mark]) -> str:
    """Markdown."""
    lines = [["mark", "to reach", "reached"], ["---", "---:", "---:"]]
    for what, least, reached in found:
        lines.append([what, f"{least:,g}", "not measured" if reached is None else _number(reached)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def _speed(
    rows: Sequence[Row], name: str, *, writes: bool = False, recovery: bool | None = None
) -> float | None:
    """`recovery` None: either."""
    for row in rows:
        fits = row.name == name and (row.written != "-") == writes
        if fits and (recovery is None or (row.recovery != "-") == recovery):
            return row.events_per_second
    return None


def _ratio(over: float | None, under: float | None) -> float | None:
    return over / under if over and under else None
