"""Checks of ClickHouse: schema, clock, disks, parts, and whether the counts fit catalogue and agency tree."""

from typing import TYPE_CHECKING

from streams.cli.doctoring.finding import Finding
from streams.cli.doctoring.procedure import Procedure

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from schemas.catalogue import Catalogue

CLOCK_SECONDS = 5.0
FREE_SHARE = 0.1
"""Of a disk: a merge needs room for a second copy of what it merges."""
MOST_PARTS = 300
"""Active parts of a partition; ClickHouse slows inserts at 1,000 and refuses them at 3,000."""
GIGABYTE = 1e9
SHOWN = 5


def schema(client: "Client") -> str:
    """Whether it is that of this program; raises StoreError."""
    from sinks.clickhouse.migrate import plan
    from streams.checkpoint import StoreError

    if steps := plan(client):
        raise StoreError(f"{len(steps)} migrations are pending; run `reform-pulse migrate`")
    return "up to date"


def clock(client: "Client", now: float) -> Finding:
    """How far ClickHouse's clock is from ours, `now` in seconds since 1970 UTC."""
    from sinks.clickhouse import condition

    apart = abs(condition.clock(client) - now)
    note = f"ours and ClickHouse's are {apart:.1f} s apart; events more than 10 minutes ahead are refused"
    return Finding("clock of ClickHouse", apart < CLOCK_SECONDS, note, Procedure.CLOCK)


def disks(client: "Client") -> Finding:
    """How much room is left where ClickHouse writes."""
    from sinks.clickhouse import condition

    found = condition.disks(client)
    notes = [f"{d.path}: {d.free / GIGABYTE:,.1f} of {d.total / GIGABYTE:,.1f} GB are free" for d in found]
    well = all(d.free >= FREE_SHARE * d.total for d in found)
    return Finding("disk", well, "; ".join(notes) or "ClickHouse has no local disk", Procedure.DISK)


def parts(client: "Client", most: int = MOST_PARTS) -> Finding:
    """Whether merges keep up with inserts."""
    from sinks.clickhouse import condition

    crowd = condition.crowd(client)
    if crowd is None:
        return Finding("parts", True, "nothing is stored yet")
    note = (
        f"at most {crowd.parts:,} in a partition ({crowd.table} {crowd.partition}), of {most} that are well"
    )
    return Finding("parts", crowd.parts <= most, note, Procedure.PARTS)


def agencies(client: "Client") -> Finding:
    """Whether the loaded agency tree has every agency that is counted."""
    from sinks.clickhouse.reference import unknown_agencies

    unknown = unknown_agencies(client)
    more = ", ..." if len(unknown) > SHOWN else ""
    note = "all counted agencies are in the tree, or no tree is loaded"
    if unknown:
        names = ", ".join(unknown[:SHOWN]) + more
        note = (
            f"{len(unknown)} are counted but not in the tree: {names}; correct the source, or load them by "
            "`reform-pulse reference load` (docs/reference.md)"
        )
    return Finding("agencies", not unknown, note)


def definitions(client: "Client", catalogue: "Catalogue") -> Finding:
    """Whether the counts were made by this catalogue."""
    from sinks.clickhouse.counts import counted_otherwise

    topics = counted_otherwise(client, catalogue)
    note = "the counts are those of this catalogue"
    if topics:
        note = f"{', '.join(topics)} is counted by other measures; restart the workers with this catalogue"
    return Finding("definitions", not topics, note, Procedure.UPGRADE)
