"""The SQL of a reader who sees one agency and all below it: a user, what it may read, and row policies.

Tables with an agency are cut to the subtree, as the loaded reference data have it, now or at any time; so the
policies stay as the tree changes. `events` are not given at all. Tables without an agency (reference data,
epochs, progress) are read whole. Whoever makes the statements run must be the administrator.
"""

import re
from collections.abc import Mapping

from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import trouble
from sinks.clickhouse.literal import quoted
from streams.checkpoint import StoreError

PROFILE = "reform_pulse_reading"  # of deploy/clickhouse/users.d
WITHHELD = frozenset({"events", "migrations"})
WHOLE = frozenset({"targets"})
"""With an agency, and nothing to hide."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def reader(client: Client, user: str, agency: str, password_hash: str, cluster: str = "") -> list[str]:
    """The statements, in an order that gives nothing before its policy is there.

    password_hash: SHA-256 in hexadecimal. cluster: on all its replicas. Run again they replace the user, its
    password included. Raises StoreError: no such agency, or no good name.
    """
    if not NAME.fullmatch(user):
        raise StoreError(f"`{user}` is no name for a user: small letters, digits and _, a letter first")
    database, tables = _tables(client)
    everywhere = f" ON CLUSTER {quoted(cluster)}" if cluster else ""
    return [
        f"CREATE USER OR REPLACE {user}{everywhere} IDENTIFIED WITH sha256_hash BY {quoted(password_hash)} "
        f"SETTINGS PROFILE {quoted(PROFILE)}",
        *(
            f"CREATE ROW POLICY OR REPLACE {user}{everywhere} ON {database}.{name} "
            f"FOR SELECT USING {condition} TO {user}"
            for name, condition in _conditions(client, agency, database, tables).items()
        ),
        *(f"GRANT{everywhere} SELECT ON {database}.{name} TO {user}" for name in tables),
    ]


def conditions(client: Client, agency: str) -> dict[str, str]:
    """What of each table with an agency may be seen, as SQL. Raises StoreError."""
    return _conditions(client, agency, *_tables(client))


def _conditions(client: Client, agency: str, database: str, tables: Mapping[str, str]) -> dict[str, str]:
    inside = _inside(client, database, agency)
    return {name: f"{column} {inside}" for name, column in tables.items() if column and name not in WHOLE}


def _tables(client: Client) -> tuple[str, dict[str, str]]:
    """The database, and of each table or view that readers get the agency's expression, "" without one."""
    with trouble("list its tables"):
        rows = client.query(
            "SELECT t.database, t.name, t.engine, c.type FROM system.tables AS t "
            "LEFT JOIN (SELECT table, type FROM system.columns "
            "WHERE database = currentDatabase() AND name = 'agency') AS c ON c.table = t.name "
            "WHERE t.database = currentDatabase() ORDER BY t.name"
        ).result_rows
    if not rows:
        raise StoreError("there are no tables: run `reform-pulse migrate` first")
    return str(rows[0][0]), {
        str(name): "" if engine == "View" else _agency(str(kind))
        for _, name, engine, kind in rows
        if name not in WITHHELD
    }


def _agency(kind: str) -> str:
    """A register's value is in a tuple with its version."""
    return "agency.value" if kind.startswith("SimpleAggregateFunction") else "agency" if kind else ""


def _inside(client: Client, database: str, agency: str) -> str:
    with trouble("look up the agency"):
        known = client.query(
            "SELECT count() FROM agency_closure_current WHERE ancestor = {agency:String}",
            parameters={"agency": agency},
        ).result_rows[0][0]
    if not known:
        raise StoreError(f"there is no agency {agency} in the reference data; load them: `reference load`")
    chosen = f"ancestor = {quoted(agency)}"
    return f"IN (SELECT descendant FROM {database}.agency_closure_current WHERE {chosen})"  # noqa: S608
