"""Reference data in ClickHouse: written as whole versions, read back for the next check and for sums.

A number is `generation * 1000 + three digits of its content`, as with epochs: ClickHouse has no
compare-and-set, and two who load at once must not mix their rows. The greater number wins; the other loader
is told. The row in `reference_versions` is written last, so that readers never see half of a version.
"""

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.reference.tables import Reference
from sinks.clickhouse.client import trouble
from sinks.clickhouse.frames import insert, select
from sinks.clickhouse.reference_frames import TABLES, frames, rows
from streams.checkpoint import StoreError

CONTENTS = 1000


def current(client: Client) -> tuple[int, str] | None:
    """Version and content of the loaded reference; None before the first load. Raises StoreError."""
    with trouble("read the version of the reference data"):
        found = client.query("SELECT version, content FROM current_reference").result_rows
    return (int(found[0][0]), str(found[0][1])) if found else None


def stored(client: Client) -> Reference:
    """The loaded reference; without tables before the first load. Raises StoreError."""
    loaded = current(client)
    tables = {}
    for name, (table, model, columns) in TABLES.items() if loaded else ():
        query = f"SELECT {', '.join(columns)} FROM {table}_current ORDER BY ALL"  # noqa: S608 - ours
        origin = f"{table} (bản đã nạp/loaded {loaded[0] if loaded else 0})"
        tables[name] = rows(select(client, query, {}, columns), model, origin)
    return Reference(tables)


def load(client: Client, reference: Reference) -> int:
    """Write a checked reference as the newest version and return its number.

    What is loaded already is not written again. Raises StoreError, also when another load came first.
    """
    last = current(client)
    if last and last[1] == reference.content:
        return last[0]
    version = ((last[0] // CONTENTS if last else 0) + 1) * CONTENTS + int(reference.content, 16) % CONTENTS
    number = pl.lit(version, pl.UInt32)
    for table, frame in frames(reference):
        insert(client, table, frame.select(number.alias("version"), pl.all()))
    insert(
        client,
        "reference_versions",
        pl.select(number.alias("version"), pl.lit(reference.content).alias("content")),
    )
    if current(client) != (version, reference.content):
        raise StoreError("someone else loaded reference data at the same time, and theirs holds: load again")
    return version


def unknown_agencies(client: Client) -> list[str]:
    """Agencies that are counted but not in the loaded tree, so that they go by their codes."""
    with trouble("look for agencies that the tree lacks"):
        found = client.query(
            "SELECT DISTINCT agency FROM counts_daily_current WHERE agency != '' "
            "AND (SELECT count() FROM agencies_current) > 0 "
            "AND agency NOT IN (SELECT code FROM agencies_current) ORDER BY agency"
        ).result_rows
    return [str(agency) for (agency,) in found]
