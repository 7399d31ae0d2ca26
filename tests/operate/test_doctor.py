"""`doctor` finds what is wrong, each condition made real, and names the procedure that mends it."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition

from schemas.catalogue import load
from schemas.contract import TOPICS
from sinks.clickhouse.condition import Reached
from sinks.clickhouse.migrate import available, migrate
from sinks.clickhouse.store import ClickHouseStore
from streams.broker import Broker
from streams.checkpoint import StoreError
from streams.cli.doctoring import of_clickhouse, of_kafka
from streams.cli.doctoring.finding import Finding
from streams.cli.doctoring.procedure import Procedure
from streams.cli.doctoring.verdict import verified
from streams.clock import system_clock
from streams.settings import Settings
from streams.shard import Fatal, Shard
from streams.standing import Standing, holds_records, newest, standings
from streams.topics import ensure
from streams.verdict import write_verdict
from tests.brokers import ApacheKafka, missing
from tests.e2e import feed
from tests.e2e.kafka import PARTITIONS, Log
from tests.e2e.program import Program
from tests.faults.disk import SIZE, Mounted
from tests.stores import emptied
from tests.upgrade.database import database
from tests.upgrade.snapshot import FOLDER, restore

HOUR = 3_600
DAY = 24 * HOUR
TOPIC = "reform.tasks"


@pytest.fixture
def counted() -> Iterator[ClickHouseStore]:
    """Give the database of the newest release's snapshot, with the agency tree of its province."""
    with database("doctor") as store:
        restore(store, max(FOLDER.iterdir()))
        migrate(store.client)
        yield store


@pytest.fixture
def settings(log: Log) -> Settings:
    """Give the settings of the log, whose topics are there and empty."""
    found = Settings(kafka=log.bootstrap, group=log.group)
    ensure(found, TOPICS)
    log.client.wait_until(lambda: _led(found))
    return found


def _led(settings: Settings) -> bool:
    """Whether the new partitions and the group have their leaders."""
    with suppress(Fatal):
        return bool(standing(settings))
    return False


def standing(settings: Settings) -> list[Standing]:
    return standings(settings, {TOPIC: PARTITIONS})


def now() -> float:
    return system_clock() / 1e6


def bad(finding: Finding, remedy: Procedure | None, *notes: str) -> None:
    assert finding.well is False, finding
    assert finding.remedy is remedy
    assert [note for note in notes if note not in finding.note] == []


def test_migrations_that_are_pending() -> None:
    with database("doctor") as store:
        migrate(store.client, len(available()) - 1)
        with pytest.raises(StoreError, match="1 migrations are pending; run `reform-pulse migrate`"):
            of_clickhouse.schema(store.client)
        migrate(store.client)
        assert of_clickhouse.schema(store.client) == "up to date"


def test_agencies_that_the_tree_lacks_and_measures_that_are_others(
    counted: ClickHouseStore, tmp_path: Path
) -> None:
    bad(of_clickhouse.agencies(counted.client), None, "H51.18", "reference load")
    assert of_clickhouse.definitions(counted.client, load()).well
    own = tmp_path / "own.toml"
    measure = '[[measure]]\nname = "late"\nentity = "task"\nat = "due_at"\nwhere = "done_at > due_at"\n'
    own.write_text(measure, encoding="utf-8")
    bad(of_clickhouse.definitions(counted.client, load(own)), Procedure.UPGRADE, TOPIC)


def test_more_parts_than_are_merged() -> None:
    client = emptied().client
    client.command("OPTIMIZE TABLE migrations FINAL")  # it has a part for each until they are merged
    client.command("SYSTEM STOP MERGES progress")
    try:
        for offset in range(4):
            client.command(f"INSERT INTO progress (topic, epoch, next_offset) VALUES ('t', 1, {offset})")  # noqa: S608
        bad(of_clickhouse.parts(client, 3), Procedure.PARTS, "at most 4", "progress")
        assert of_clickhouse.parts(client).well
    finally:
        client.command("SYSTEM START MERGES progress")


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    try:
        disk = Mounted(tmp_path / "disk").mount()
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip("no file system may be mounted here; be root, outside a container or in a privileged one")
    try:
        words, program = ("--store", disk.place / "store"), Program(tmp_path)
        program.run("migrate", *words)
        (disk.place / "ballast").write_bytes(bytes(SIZE * 92 // 100))
        told = program.run("doctor", *words, code=1)
    finally:
        disk.close()
    (wrong,) = [line for line in told.splitlines() if line.startswith("LỖI/BAD")]
    assert wrong.startswith("LỖI/BAD   disk: ")
    assert wrong.endswith("xem/see docs/operations.md, 8. Đĩa đầy / Disk full")


def test_clocks_that_are_apart(log: Log, settings: Settings) -> None:
    client = emptied().client
    assert of_clickhouse.clock(client, now()).well
    bad(of_clickhouse.clock(client, now() + 20), Procedure.CLOCK, "s apart")

    assert of_kafka.record_clock(newest(settings, standing(settings)), now()).well is None
    log.put(TOPIC, [b"now"])
    assert of_kafka.record_clock(newest(settings, standing(settings)), now()).well
    moment, producer = now(), log.client.producer()
    producer.produce(TOPIC, b"early", partition=1, timestamp=int((moment + HOUR) * 1000))
    assert producer.flush(60) == 0
    early = newest(settings, standing(settings))
    bad(of_kafka.record_clock(early, moment), Procedure.CLOCK, "3,600.0 s ahead of our clock")


def test_events_that_nobody_works_on(log: Log, settings: Settings) -> None:
    assert of_kafka.lag(standing(settings), ()).well
    log.put(TOPIC, [b"1", b"2", b"3"])
    waiting = standing(settings)
    bad(of_kafka.lag(waiting, ()), Procedure.LAG, "3 events wait", "never a checkpoint")
    bad(of_kafka.lag(waiting, [Reached(TOPIC, 0, 0, HOUR)]), Procedure.LAG, "3,600 s ago")
    assert of_kafka.lag(waiting, [Reached(TOPIC, 0, 0, 2)]).well, "somebody is at it"


def test_offsets_that_are_not_in_the_log_or_not_in_the_store(log: Log, settings: Settings) -> None:
    log.put(TOPIC, [b"1", b"2", b"3"])
    with log.client.consumer(log.group) as consumer:
        consumer.commit(offsets=[TopicPartition(TOPIC, 0, 3)], asynchronous=False)
    found = standing(settings)
    assert found[0] == Standing(Shard(TOPIC, 0), 3, 0, 3)
    assert of_kafka.kept(found).well
    assert of_kafka.ahead(found, [Reached(TOPIC, 0, 3, 0)]).well
    bad(of_kafka.ahead(found, [Reached(TOPIC, 0, 1, 0)]), Procedure.BACKUP, "committed 3, counted up to 1")
    with log.client.consumer(log.group) as consumer:
        consumer.commit(offsets=[TopicPartition(TOPIC, 0, 42)], asynchronous=False)
    bad(of_kafka.kept(standing(settings)), Procedure.OFFSET, f"{TOPIC}, partition 0: 42", "0 to 3")


def test_markers_of_transactions_are_not_events_that_a_store_lacks(
    log: Log, settings: Settings, broker: Broker | ApacheKafka
) -> None:
    if isinstance(broker, Broker):
        pytest.skip(f"the embedded broker has no markers; {missing()}")
    producer = log.client.producer(transactional_id="sender")
    producer.init_transactions()
    for value in (b"1", b"2"):
        producer.begin_transaction()
        producer.produce(TOPIC, value, partition=0)
        producer.commit_transaction()
    shard = Shard(TOPIC, 0)
    gaps = ((0, 4), (0, 1), (1, 2), (2, 3), (3, 4))
    assert [holds_records(settings, shard, *gap) for gap in gaps] == [True, True, False, True, False]


def test_topics_that_are_missing() -> None:
    bad(of_kafka.topic(TOPIC, {}), Procedure.INSTALL, "missing")
    assert of_kafka.topic(TOPIC, {TOPIC: 4}).well


def test_counts_that_were_not_verified(tmp_path: Path) -> None:
    file, at = tmp_path / "verify.prom", 1_800_000_000
    assert verified(None, at).well is None
    bad(verified(file, at), Procedure.VERIFY, "were not verified")
    write_verdict(file, 0, lambda: at * 1_000_000)
    assert verified(file, at + DAY).well
    bad(verified(file, at + 9 * DAY), Procedure.VERIFY, "9.0 days ago")
    write_verdict(file, 3, lambda: at * 1_000_000)
    bad(verified(file, at), Procedure.VERIFY, "3 states and cells differed")


@pytest.mark.long
def test_a_machine_before_and_after_its_first_worker(program: Program, log: Log) -> None:
    asked = ("doctor", "--store", "store", "--kafka", log.bootstrap)
    events = feed.slice_of(400)
    log.send(events)
    told = program.run(*asked, code=1)
    for what in ("store: there is no directory store", "topic reform.dead-letters: missing"):
        assert f"LỖI/BAD   {what}" in told
    assert f"LỖI/BAD   lag: {len(events):,} events wait, there was never a checkpoint → xem/see " in told

    worker = program.start("worker", "--store", "store")
    worker.until(log.beyond(len(events) - 1))
    assert worker.stop() == 0, worker.output
    told = program.run(*asked)
    assert "LỖI/BAD" not in told
    assert "tốt/well  store and offsets: the store holds all that was committed" in told
