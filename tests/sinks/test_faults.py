"""A server that is busy, gone, or executes and does not answer: StoreError, nothing lost, nothing twice."""

import logging

import pytest

from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import StoreError
from tests.clickhouse_front import REFUSING, Fault, Front
from tests.sinks.frames import checkpoint

TABLES = (
    "events",
    "dossiers",
    "counts_hourly",
    "counts_daily",
    "counts_agency_daily",
    "counts_monthly",
    "progress",
)
TOPIC = "reform.dossiers"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Let the client's own log of the faults we ask for stay out of the report."""
    caplog.set_level(logging.CRITICAL, "clickhouse_connect")


def seen(store: ClickHouseStore) -> list[object]:
    """What readers see of the test's shard."""
    return [
        store.client.command("SELECT count() FROM events FINAL"),
        store.client.command("SELECT count() FROM dossiers_current WHERE agency = 'H51.18'"),
        store.client.command("SELECT sum(value) FROM counts_hourly_current"),
        store.client.command("SELECT sum(value) FROM counts_daily_current"),
        store.client.command("SELECT sum(value) FROM counts_agency_daily_current"),
        store.client.command("SELECT sum(value) FROM counts_monthly_current"),
    ]


@pytest.mark.parametrize("fault", REFUSING)
@pytest.mark.parametrize("table", TABLES)
def test_a_checkpoint_survives(server: ClickHouseStore, front: Front, table: str, fault: Fault) -> None:
    epoch = server.epoch(TOPIC, "log", 1, "catalogue")
    made = checkpoint(epoch, 0, 3, 10)
    front.fail(fault, times=20, only=f"INSERT INTO {table}")
    for _ in range(2):
        with pytest.raises(StoreError, match=f"could not insert .* into {table}"):
            server.write(made)
        assert table == "progress" or server.progress(epoch) == {}, "progress is written last"
    front.heal()
    server.write(made)
    assert seen(server) == [3, 3, 3, 3, 3, 3]
    assert list(server.progress(epoch).values()) == [10]


def test_an_insert_that_the_client_repeats_by_itself(server: ClickHouseStore, front: Front) -> None:
    epoch = server.epoch(TOPIC, "log", 1, "catalogue")
    front.fail(Fault.LOST)
    server.write(checkpoint(epoch, 0, 3, 10))
    assert sum("INSERT INTO events" in statement for statement in front.executed) == 2
    assert seen(server) == [3, 3, 3, 3, 3, 3]


def test_the_order_of_a_checkpoint(server: ClickHouseStore, front: Front) -> None:
    epoch = server.epoch(TOPIC, "log", 1, "catalogue")
    front.executed.clear()
    server.write(checkpoint(epoch, 0, 3, 10))
    inserts = [s.split("INTO ")[1].split()[0].strip("`") for s in front.executed if "INSERT" in s]
    assert tuple(inserts) == TABLES


def test_reading_fails_cleanly(server: ClickHouseStore, front: Front) -> None:
    epoch = server.epoch(TOPIC, "log", 1, "catalogue")
    front.fail(Fault.BUSY, times=20, only="SELECT")
    for read in (
        lambda: server.states("dossier", epoch, 0),
        lambda: server.summaries(epoch, [0]),
        lambda: server.cells("hourly", epoch, [0]),
        lambda: server.progress(epoch),
        lambda: server.epoch(TOPIC, "log", 1, "catalogue"),
        lambda: list(server.events("dossier")),
    ):
        with pytest.raises(StoreError, match="ClickHouse could not"):
            read()


def test_a_server_that_is_not_there() -> None:
    store = ClickHouseStore.at(url="http://127.0.0.1:9/default", timeout=2)
    with pytest.raises(StoreError, match="ClickHouse could not connect"):
        store.epoch(TOPIC, "log", 1, "catalogue")
