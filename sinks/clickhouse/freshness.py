"""How new the numbers are, by topic and by source; whether anything has changed; and the newest events."""

from datetime import datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.contract import ENTITIES
from sinks.clickhouse.client import trouble

TOPICS = """
    SELECT topic, toTimeZone(max(written_at), 'Asia/Ho_Chi_Minh') AS written_at, sum(next_offset) AS events
    FROM (SELECT topic, `partition`, max(next_offset) AS next_offset, max(written_at) AS written_at
          FROM progress WHERE (topic, epoch) IN (SELECT topic, epoch FROM current_epochs)
          GROUP BY topic, `partition`)
    GROUP BY topic ORDER BY topic
"""
SOURCES = """
    SELECT source, toTimeZone(max(time), 'Asia/Ho_Chi_Minh') AS last_event_at, count() AS events
    FROM events WHERE time >= {since:DateTime64(6, 'UTC')} GROUP BY source ORDER BY source LIMIT 1000
"""
MOMENT = """
    SELECT concat(
        toString((
            SELECT groupBitXor(cityHash64(topic, epoch, `partition`, reached)) FROM
            (SELECT topic, epoch, `partition`, max(next_offset) AS reached FROM progress GROUP BY ALL)
        )), '-',
        toString((SELECT max(version) FROM reference_versions))
    )
"""
LATEST = """
    SELECT toTimeZone(time, 'Asia/Ho_Chi_Minh') AS time, CAST(type AS String) AS type,
        CAST(source AS String) AS source, CAST(entity AS String) AS entity, subject,
        JSONExtractString(event, 'data', 'agency') AS agency
    FROM
    (
        SELECT * FROM events
        WHERE day >= toDate({since:DateTime64(6, 'UTC')}, 'Asia/Ho_Chi_Minh')
            AND time >= {since:DateTime64(6, 'UTC')} AND time <= {until:DateTime64(6, 'UTC')}
        ORDER BY time DESC, source, id LIMIT 1 BY source, id LIMIT {limit:UInt32}
    )
    ORDER BY time DESC, source, id
"""


def moment(client: Client) -> str:
    """A word that changes with every checkpoint and every load of reference data. Raises StoreError."""
    with trouble("ask what has changed"):
        return str(client.query(MOMENT).result_rows[0][0])


def topics(client: Client) -> list[dict[str, Any]]:
    """Per topic when its counts were last written, and the sum of their offsets. Raises StoreError."""
    with trouble("read the progress"):
        return list(client.query(TOPICS).named_results())


def latest(client: Client, since: datetime, until: datetime, limit: int) -> list[dict[str, Any]]:
    """The newest events of some time: `time`, `type`, `source`, `agency`; no keys. Raises StoreError."""
    bound = {"since": since, "until": until, "limit": limit}
    with trouble("read the newest events"):
        rows = list(client.query(LATEST, parameters=bound).named_results())
    for entity in {row["entity"] for row in rows if not row["agency"]}:
        subjects = [row["subject"] for row in rows if row["entity"] == entity and not row["agency"]]
        agencies = _agencies(client, ENTITIES[entity].table, subjects)
        for row in rows:
            if row["entity"] == entity:
                row["agency"] = row["agency"] or agencies.get(row["subject"], "")
    return [{name: row[name] for name in ("time", "type", "source", "agency")} for row in rows]


def _agencies(client: Client, table: str, subjects: list[str]) -> dict[str, str]:
    """What the states say where an event does not name its agency."""
    sql = f"SELECT subject, agency FROM {table}_current WHERE subject IN {{subjects:Array(String)}}"  # noqa: S608
    with trouble("read the agencies of the newest events"):
        found = client.query(sql, parameters={"subjects": subjects}).result_rows
    return {subject: agency or "" for subject, agency in found}


def sources(client: Client, since: object) -> list[dict[str, Any]]:
    """Per source the time of its last event, of those that happened since then. Raises StoreError."""
    with trouble("ask when sources were last heard"):
        return list(client.query(SOURCES, parameters={"since": since}).named_results())
