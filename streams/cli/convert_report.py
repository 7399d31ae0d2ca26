"""What `convert` tells: the summary and the refused rows, and the preview of what was understood."""

from collections import Counter
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sources.adapter import Bound
    from sources.converted import Converted, Event

EXAMPLES = 3


def show_result(result: "Converted", most: int) -> None:
    """On stderr: how much there was, the habits noticed, and the first refused rows."""
    from sources.habits import ABOUT

    typer.echo(
        f"{result.rows:,} bản ghi/records, {len(result.events):,} sự kiện/events, "
        f"{len(result.refused):,} bị từ chối/refused",
        err=True,
    )
    for habit, number in result.noticed.most_common():
        if number:
            typer.echo(f"  {number:,} x {habit}: {ABOUT[habit]}", err=True)
    for refused in result.refused[:most]:
        typer.echo(f"  {refused}", err=True)
    if len(result.refused) > most:
        left = len(result.refused) - most
        typer.echo(f"  ... và {left:,} dòng bị từ chối nữa / and {left:,} more refused rows", err=True)


def show_preview(result: "Converted", bound: "Bound") -> None:
    """On stdout: which of the source's fields became what, with values as they would be sent."""
    typer.echo(f"{bound.adapter.name}: {bound.adapter.about}")
    typer.echo(f"nguồn/source: {bound.configuration.source}\n")
    typer.echo("Đã hiểu / understood:")
    values = _values(result.events)
    for (theirs, ours), number in sorted(result.understood.items(), key=lambda item: item[0][::-1]):
        examples = ", ".join(values.get(ours, [])[:EXAMPLES])
        typer.echo(f"  {theirs}  →  {ours}  ({number:,})" + (f"  {examples}" if examples else ""))
    kinds = Counter(event["type"].removeprefix("vn.reform.") for event in result.events)
    typer.echo("\nSự kiện / events: " + (", ".join(f"{n:,} {kind}" for kind, n in kinds.items()) or "0"))
    if result.ignored:
        names = ", ".join(sorted(result.ignored))
        typer.echo(f"\nKhông đọc, không gửi / neither read nor sent: {names}")


def _values(events: "list[Event]") -> dict[str, list[str]]:
    """Values that would be sent, by field, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for event in events:
        for name, value in {**event["data"], "subject": event["subject"], "time": event["time"]}.items():
            if value is not None:
                counts.setdefault(name, Counter())[str(value)] += 1
    return {name: [value for value, _ in found.most_common()] for name, found in counts.items()}
