"""The schema on a cluster: every statement rewritten, taken by the engine, and left alone without one."""

import json
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from clickhouse_connect.driver.client import Client

from sinks.clickhouse.client import connect
from sinks.clickhouse.cluster import on_cluster, sync
from sinks.clickhouse.literal import quoted
from sinks.clickhouse.migrate import RECORD, Step, available, migrate, statements
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import Cubes, Epoch, StoreError
from streams.cli.options import place_of
from streams.settings import Settings
from tests.clickhouse_front import Front
from tests.deploy import compose
from tests.stores import embedded

CLUSTER = "reform_pulse"
STEPS = [
    *(Step(migration, forwards=True) for migration in available()),
    *(Step(migration, forwards=False) for migration in reversed(available())),
]
EVERY = [RECORD.strip(), *(statement for step in STEPS for statement in step.statements)]
REWRITTEN = [each for statement in EVERY for each in on_cluster(statement, CLUSTER)]
EPOCH = Epoch("reform.dossiers", 1000, "log", 4, "")


class Replica:
    """A client that only notes what a replica would be told."""

    def __init__(self, answer: object = "") -> None:
        self.told: list[str] = []
        self._answer = answer

    def command(self, statement: str, **_: object) -> object:
        self.told.append(statement)
        return self._answer


def test_without_a_cluster_nothing_changes() -> None:
    for statement in EVERY:
        assert on_cluster(statement, "") == (statement,)


@pytest.mark.parametrize("statement", EVERY, ids=lambda text: text.splitlines()[0][:60])
def test_a_rewritten_statement_reaches_every_replica(statement: str) -> None:
    client = embedded().client
    for each in on_cluster(statement, CLUSTER):
        parsed = str(client.command(f"SELECT formatQuery({quoted(each)})"))
        if statement.startswith("INSERT"):
            assert each == statement
        else:
            assert len(re.findall(rf"ON CLUSTER ['`]?{CLUSTER}\b", parsed)) == 1
        assert not re.search(r"ENGINE = (?!Replicated)\w*MergeTree", parsed)


def test_a_table_keeps_what_it_says() -> None:
    client = embedded().client
    for statement in EVERY:
        *_, last = on_cluster(statement, CLUSTER)
        back = last.replace(f" ON CLUSTER '{CLUSTER}'", "").replace("ENGINE = Replicated", "ENGINE = ")
        plain = statement.replace("CREATE OR REPLACE TABLE", "CREATE TABLE")
        formatted = [client.command(f"SELECT formatQuery({quoted(text)})") for text in (back, plain)]
        assert formatted[0] == formatted[1]


def test_an_unknown_statement_is_refused() -> None:
    with pytest.raises(StoreError, match="not known how to run this on a cluster: OPTIMIZE TABLE dossiers"):
        on_cluster("OPTIMIZE TABLE dossiers\nFINAL", CLUSTER)


def test_the_engine_takes_every_replicated_table(tmp_path: Path) -> None:
    """All migrations forwards and back, with the UUID that ON CLUSTER would give every replica."""
    asked = [_of_one_replica(each) for each in REWRITTEN if not each.startswith("INSERT")]
    ups = sum(len(on_cluster(s, CLUSTER)) for m in available() for s in statements(m.up) if s[:6] != "INSERT")
    tables = "SELECT arraySort(groupArray(engine)) FROM system.tables WHERE engine LIKE '%MergeTree'"
    asked.insert(1 + ups, tables + " FORMAT JSONCompactEachRow")
    asked += [
        "SELECT arraySort(groupArray(name)) FROM system.tables WHERE database = 'default' FORMAT TSVRaw"
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.sinks.replicated", str(tmp_path)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr[-1000:]
    assert [line for line in said if line.startswith("error")] == []
    (engines,) = json.loads(said[1 + ups])
    assert set(engines) == {"ReplicatedReplacingMergeTree", "ReplicatedAggregatingMergeTree"}
    assert len(engines) > 20
    assert said[-1] == "['migrations']"


def _of_one_replica(statement: str) -> str:
    table = re.match(r"CREATE TABLE( IF NOT EXISTS)? \w+", statement)
    given = f" UUID '{uuid.uuid4()}'" if table else ""
    return statement.replace(f" ON CLUSTER '{CLUSTER}'", given)


def test_a_store_on_a_cluster_brings_its_replica_up_to_date_before_it_loads() -> None:
    replica: Any = Replica()
    store = ClickHouseStore(lambda: replica, CLUSTER)
    with pytest.raises(AttributeError):  # the note-taker answers no query
        store.summaries(EPOCH, [0])
    assert replica.told == [f"SYSTEM SYNC REPLICA counts_{which} LIGHTWEIGHT" for which in Cubes._fields]
    replica.told.clear()
    with pytest.raises(AttributeError):
        list(store.state_pages("dossier", EPOCH, [0]))
    assert replica.told == [f"SYSTEM SYNC REPLICA {table} LIGHTWEIGHT" for table in ("epochs", "dossiers")]
    client = embedded().client
    for statement in replica.told:
        assert client.command(f"SELECT formatQuery({quoted(statement)})") == statement


def test_one_server_is_never_told_to_wait_for_replicas() -> None:
    replica: Any = Replica()
    sync(replica, "", "dossiers")
    assert replica.told == []


def test_states_are_cleared_on_every_replica() -> None:
    replica: Any = Replica()
    ClickHouseStore(lambda: replica, CLUSTER).clear_states("reform.tasks")
    assert replica.told == [
        "SYSTEM SYNC REPLICA tasks LIGHTWEIGHT",
        f"DROP TABLE IF EXISTS tasks_fresh ON CLUSTER '{CLUSTER}' SYNC",
        f"CREATE TABLE tasks_fresh ON CLUSTER '{CLUSTER}' AS tasks",
        "INSERT INTO tasks_fresh (subject, `partition`) SELECT subject, `partition` FROM tasks",
        f"EXCHANGE TABLES tasks AND tasks_fresh ON CLUSTER '{CLUSTER}'",
        f"DROP TABLE tasks_fresh ON CLUSTER '{CLUSTER}' SYNC",
    ]


def test_a_dry_run_shows_what_a_cluster_is_told() -> None:
    client = _empty("dry")
    try:
        assert migrate(client, dry_run=True, cluster=CLUSTER)[0].startswith(
            f"CREATE TABLE IF NOT EXISTS events ON CLUSTER '{CLUSTER}'\n"
        )
        assert client.query("SHOW TABLES").result_rows == []
    finally:
        client.command("DROP DATABASE dry SYNC")


def test_tables_of_one_server_are_not_taken_for_a_cluster() -> None:
    with pytest.raises(StoreError, match="tables that do not replicate, made without it"):
        migrate(embedded().client, cluster=CLUSTER)


def test_tables_of_a_cluster_are_not_taken_for_one_server() -> None:
    replica: Any = Replica("ReplicatedReplacingMergeTree")
    with pytest.raises(StoreError, match="the tables of this database replicate: set `clickhouse_cluster`"):
        migrate(replica)


def test_a_write_on_a_cluster_is_acknowledged_by_a_majority(front: Front) -> None:
    asked = (
        "SELECT toString(getSetting('insert_quorum')), getSetting('insert_quorum_timeout'), "
        "toString(getSetting('deduplicate_insert')), toString(getSetting('deduplicate_insert_select'))"
    )
    for cluster, expected in (
        ("", ("0", 600_000, "enable", "enable_when_possible")),
        (CLUSTER, ("auto", 7_000, "disable", "disable")),
    ):
        client = connect(url=front.url, timeout=7, cluster=cluster)
        ((quorum, timeout, *others),) = client.query(asked).result_rows
        assert (str(quorum), int(timeout), *others) == expected
        client.close()


def test_the_setting_is_for_servers_only(tmp_path: Path) -> None:
    settings = Settings(clickhouse_cluster=CLUSTER)
    assert place_of(settings, None, settings.clickhouse)["cluster"] == CLUSTER
    assert place_of(settings, tmp_path, None)["cluster"] == ""


def test_the_composed_cluster_is_the_one_that_is_named() -> None:
    config = ElementTree.parse(compose.FOLDER / "clickhouse" / "cluster.xml")  # noqa: S314 - our own
    shards = config.findall(f"remote_servers/{CLUSTER}/shard")
    assert [[host.text for host in shard.iter("host")] for shard in shards] == [
        ["clickhouse", "clickhouse-2"]
    ]
    for name in ("migrate", "worker", "worker-2", "serve", "tools"):
        environment = compose.cluster()[name]["environment"]
        assert environment["REFORM_PULSE_CLICKHOUSE_CLUSTER"] == CLUSTER
        assert "CLICKHOUSE_CLUSTER" not in str(compose.single())


def _empty(database: str) -> Client:
    shared: Any = embedded().client
    shared.command(f"CREATE DATABASE {database}")
    client = connect(store=Path(shared.path))
    client.database = database
    return client
