"""How new the numbers are, by topic and by source; and whether anything has changed."""

from typing import Any

from clickhouse_connect.driver.client import Client

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


def moment(client: Client) -> str:
    """A word that changes with every checkpoint and every load of reference data. Raises StoreError."""
    with trouble("ask what has changed"):
        return str(client.query(MOMENT).result_rows[0][0])


def topics(client: Client) -> list[dict[str, Any]]:
    """Per topic when its counts were last written, and the sum of their offsets. Raises StoreError."""
    with trouble("read the progress"):
        return list(client.query(TOPICS).named_results())


def sources(client: Client, since: object) -> list[dict[str, Any]]:
    """Per source the time of its last event, of those that happened since then. Raises StoreError."""
    with trouble("ask when sources were last heard"):
        return list(client.query(SOURCES, parameters={"since": since}).named_results())
