"""The same tables on a ClickHouse cluster: one shard with replicas, named by setting `clickhouse_cluster`.

Every replica holds everything, so what a query reads together lies together: all rows of a key, which FINAL
and the registers' merge need, and all shards of an epoch, which `current_epochs` counts. A province fits on
one server many times over (docs/sizing.md says also what several shards of ClickHouse would take).

Without a cluster (the setting is empty) statements are left as they are.
"""

import re

from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import trouble
from sinks.clickhouse.literal import quoted
from streams.checkpoint import StoreError

REPLACED_TABLE = re.compile(r"CREATE OR REPLACE TABLE (\w+)")
NAMES = re.compile(
    r"CREATE (OR REPLACE )?(TABLE|VIEW)( IF NOT EXISTS)? \w+"
    r"|DROP (TABLE|VIEW)( IF EXISTS)? \w+"
    r"|EXCHANGE TABLES \w+ AND \w+"
    r"|RENAME TABLE \w+ TO \w+"
    r"|ALTER TABLE \w+"
)
"""Up to where ON CLUSTER stands, in every form of our statements that changes the schema."""
ENGINE = re.compile(r"\bENGINE = (?=\w*MergeTree\b)")
"""Without arguments of its own a replicated engine takes the server's default path, by the table's UUID: ON
CLUSTER gives all replicas the same one, and it goes with the table when tables are exchanged."""


def on_cluster(statement: str, cluster: str) -> tuple[str, ...]:
    """A statement of ours as a cluster takes it, in one or two; INSERT as it is: tables replicate it.

    Raises StoreError for a form that is not known here.
    """
    if not cluster or statement.startswith("INSERT "):
        return (statement,)
    replaced = REPLACED_TABLE.match(statement)
    if replaced:  # the temporary table of OR REPLACE would have to be the same one on every replica
        fresh = statement.replace("CREATE OR REPLACE TABLE", "CREATE TABLE", 1)
        return (*on_cluster(f"DROP TABLE IF EXISTS {replaced[1]} SYNC", cluster), *on_cluster(fresh, cluster))
    names = NAMES.match(statement)
    if not names:
        raise StoreError(f"not known how to run this on a cluster: {statement.splitlines()[0]}")
    rest = ENGINE.sub("ENGINE = Replicated", statement[names.end() :])
    return (f"{names[0]} ON CLUSTER {quoted(cluster)}{rest}",)


def sync(client: Client, cluster: str, *tables: str) -> None:
    """Wait until this replica has what every other one had acknowledged. Raises StoreError.

    For whoever reads what he, or his predecessor, may have written to another replica.
    """
    for table in tables if cluster else ():
        with trouble(f"bring the replica of {table} up to date"):
            client.command(f"SYSTEM SYNC REPLICA {table} LIGHTWEIGHT")
