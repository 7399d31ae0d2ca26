"""Fills an embedded store with the counts of a large province: 10 million dossiers in a year.

150 agencies of unequal size offer 300 of 2,000 procedures each, unequally asked for; 8 shards; working days
only. The cells are drawn inside ClickHouse, so that the whole takes minutes, and inserted in several parts,
so that FINAL has parts to merge.

    python -m bench.province_counts DIR [dossiers]
"""

import sys
from datetime import date, timedelta
from pathlib import Path

from clickhouse_connect.driver.client import Client

from schemas.catalogue import Catalogue, Measure, load
from schemas.contract import TOPICS
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.store import ClickHouseStore

FIRST_DAY = date(2025, 1, 1)
DAYS = 365
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
SHARDS = 8
PARTS = 4
PER_DOSSIER = {"document": 0.8, "payment": 0.5, "service": 0.0005, "feedback": 0.01, "task": 0.001}
"""Entities of other kinds for each dossier."""
PERMILLE = {
    "dossiers_ended": 980,
    "dossiers_closed": 980,
    "dossiers_ended_on_time": 960,
    "dossiers_ended_late": 20,
    "dossiers_late_apologised": 15,
    "dossiers_fell_due": 24,
    "dossiers_closed_late": 20,
    "dossiers_supplemented": 60,
    "dossiers_supplemented_again": 6,
}
"""Share of the entities, where it matters for the size or the sense of a figure."""

DRAWN = f"""
    SELECT
        number AS n,
        toUInt32(150 * pow((cityHash64(n, 1) % 1000000) / 1e6, 2)) AS a,
        (a * 13 + toUInt32(300 * pow((cityHash64(n, 2) % 1000000) / 1e6, 3))) % 2000 AS p,
        toDate('{FIRST_DAY}') + cityHash64(n, 3) % {DAYS} AS drawn,
        drawn - if(toDayOfWeek(drawn) > 5, toDayOfWeek(drawn) - 5, 0) AS day,
        7 + cityHash64(n, 4) % 10 AS hour,
        if(a % 10 = 0, '', concat('.', toString(a % 10))) AS below,
        concat('H51.', toString(1 + intDiv(a, 10)), below) AS agency,
        concat('1.', leftPad(toString(p), 6, '0')) AS procedure,
        concat('G', toString(p % 40)) AS field,
        n % {SHARDS} AS shard
    FROM numbers({{start:UInt64}}, {{rows:UInt64}})
    WHERE cityHash64(n, {{seed:String}}) % 1000 < {{permille:UInt16}}
"""
DAILY = """
    INSERT INTO counts_daily
        (topic, epoch, measure, agency, procedure, field, kind, cohort, bucket, partition, value, version)
    SELECT {topic:String}, 1, {measure:String}, agency, procedure, field, '', %s, day, shard, count(), 1
    FROM (%s) GROUP BY agency, procedure, field, 8, day, shard
"""
HOURLY = """
    INSERT INTO counts_hourly (topic, epoch, measure, agency, bucket, partition, value, version)
    SELECT {topic:String}, 1, {measure:String}, agency,
        toDateTime(day, 'Asia/Ho_Chi_Minh') + toIntervalHour(hour) AS at, shard, count(), 1
    FROM (%s) GROUP BY agency, at, shard
"""
COARSER = """
    INSERT INTO %s (topic, epoch, measure, agency, bucket, partition, value, version)
    SELECT topic, epoch, measure, agency,
        %s(toTimeZone(bucket, 'Asia/Ho_Chi_Minh')) AS day, partition, sum(value), 1
    FROM counts_hourly FINAL GROUP BY ALL
"""


def fill(client: Client, catalogue: Catalogue, dossiers: int) -> None:
    """Make the counts of every measure current: each part of the year's entities in one insert."""
    for topic in TOPICS:
        _open(client, topic, catalogue.fingerprint(topic))
    for number, measure in enumerate(catalogue.measures.values()):
        entities = int(dossiers * PER_DOSSIER.get(measure.entity, 1))
        for part in range(PARTS):
            _insert(client, measure, _permille(number, measure), part * entities // PARTS, entities // PARTS)
        print(f"{measure.name}: {_permille(number, measure)} of 1000", flush=True)
    client.command(COARSER % ("counts_agency_daily", "toDate"))
    client.command(COARSER % ("counts_monthly", "toStartOfMonth"))


def _permille(number: int, measure: Measure) -> int:
    """All of a plain measure; a share of one with a condition, another for each."""
    return PERMILLE.get(measure.name, 1000 if measure.where == "NOT voided" else 200 + number * 37 % 700)


def _insert(client: Client, measure: Measure, permille: int, start: int, rows: int) -> None:
    drawn = {"start": start, "rows": rows, "seed": measure.name, "permille": permille}
    named = {"topic": measure.of.topic, "measure": measure.name}
    cohort = "day - 3" if measure.cohort else "toDate(0)"
    client.command(DAILY % (cohort, DRAWN), parameters=drawn | named)
    client.command(HOURLY % DRAWN, parameters=drawn | named)


def _open(client: Client, topic: str, fingerprint: str) -> None:
    named = {"topic": topic, "fingerprint": fingerprint}
    client.command(
        "INSERT INTO epochs (topic, epoch, identity, partitions, fingerprint) "
        f"SELECT {{topic:String}}, 1, 'bench', {SHARDS}, {{fingerprint:String}}",
        parameters=named,
    )
    client.command(
        "INSERT INTO progress (topic, epoch, partition, next_offset) "
        f"SELECT {{topic:String}}, 1, number, 1 FROM numbers({SHARDS})",
        parameters=named,
    )


def opened(directory: Path, dossiers: int = 10_000_000) -> Client:
    """The store in a directory; filled, if it has no counts yet."""
    client = ClickHouseStore.at(directory).client
    migrate(client)
    if not client.command("SELECT count() FROM counts_daily"):
        fill(client, load(), dossiers)
    return client


if __name__ == "__main__":
    made = opened(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
    for table in ("counts_daily", "counts_hourly"):
        print(table, f"{made.command(f'SELECT count() FROM {table}'):,} rows")
