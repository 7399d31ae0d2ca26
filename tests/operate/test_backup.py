"""Backup and restore (docs/operations.md, 3), the move to a new cluster (6), by ClickHouse's own BACKUP."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.broker import Broker
from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program
from tests.operate.engine import administer

STORE = ("--store", "store")


@pytest.fixture
def brokers() -> Iterator[tuple[Broker, Broker]]:
    """Give two clusters, the old one and the new one."""
    with Broker() as old, Broker() as new:
        yield old, new


def fold(program: Program, log: Log, until: int, *place: object) -> None:
    """Let a worker fold until the group has so many records behind it."""
    worker = program.start("worker", *place, kafka=log.bootstrap)
    worker.until(log.beyond(until - 1))
    assert worker.stop() == 0, worker.output


def test_a_store_is_lost_and_restored(program: Program, log: Log, tmp_path: Path) -> None:
    """What came after the backup is in the log still, and is folded again."""
    events = feed.slice_of(200)
    half = len(events) // 2
    store, backups = tmp_path / "store", tmp_path / "backups"
    backup = f"File('{backups / 'full'}')"
    log.send(events[:half])
    fold(program, log, half, *STORE)
    assert "BACKUP_CREATED" in administer(store, backups, f"BACKUP DATABASE default TO {backup}")
    log.send(events[half:])
    fold(program, log, len(events), *STORE)

    shutil.rmtree(store)
    assert "RESTORED" in administer(store, backups, f"RESTORE DATABASE default FROM {backup}")
    feed.check(program, STORE, events[:half])
    asked = ("doctor", *STORE, "--kafka", log.bootstrap)
    told = program.run(*asked, code=1)
    assert "LỖI/BAD   store and offsets: reform.d" in told
    assert "the store is older than the offsets" in told

    before = log.committed()
    worker = program.start("worker", *STORE)
    assert worker.ended() == 1
    assert "It is older than the offsets (restored from a backup?). Nothing was changed." in worker.output
    assert log.committed() == before
    program.run("rebuild", *STORE, "--from-topics")
    fold(program, log, len(events), *STORE)
    feed.check(program, STORE, events)
    assert "LỖI/BAD" not in program.run(*asked)


@pytest.mark.long
def test_a_new_kafka_and_a_new_clickhouse(brokers: tuple[Broker, Broker], tmp_path: Path) -> None:
    """All that the old log had was folded; the new log is a new epoch over the restored states.

    They are restored from an incremental backup over a full one.
    """
    events = feed.slice_of(80)
    quarter, half = len(events) // 4, len(events) // 2
    program = Program(tmp_path, group="workers")
    old, new = (Log(broker.bootstrap, "workers") for broker in brokers)
    store, elsewhere, backups = (tmp_path / name for name in ("store", "elsewhere", "backups"))
    full, later = (f"File('{backups / name}')" for name in ("full", "later"))
    try:
        old.send(events[:quarter])
        fold(program, old, quarter, *STORE)
        administer(store, backups, f"BACKUP DATABASE default TO {full}")
        old.send(events[quarter:half])
        fold(program, old, half, *STORE)
        incremental = f"BACKUP DATABASE default TO {later} SETTINGS base_backup = {full}"
        assert "BACKUP_CREATED" in administer(store, backups, incremental)
        administer(elsewhere, backups, f"RESTORE DATABASE default FROM {later}")
        new.send(events[half:])
        fold(program, new, len(events) - half, "--store", elsewhere)
        feed.check(program, ("--store", elsewhere), events)
    finally:
        program.close()
        old.close()
        new.close()
