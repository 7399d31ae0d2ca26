"""The benchmarks' events: the same each time, valid, and counted by the engine as by their naive program."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from bench import oracle, workload
from bench.ours import Nothing, counted
from bench.workload import TOPIC, Workload
from schemas.catalogue import load
from streams.domain import Domain
from streams.memory import Memory
from streams.recovery import recover

EVENTS = 4_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workload, "CACHE", tmp_path)
    return tmp_path


def test_the_same_seed_gives_the_same_events(cache: Path) -> None:
    first = Workload(EVENTS).records()
    for file in cache.iterdir():
        file.unlink()
    assert Workload(EVENTS).records() == first
    assert Workload(EVENTS, seed=2).records() != first


def test_duplicates_and_disorder_are_as_asked() -> None:
    records = Workload(EVENTS).records()
    assert len(records) == EVENTS
    assert len(set(records)) == round(EVENTS / 1.05)
    stated = pl.Series([json.loads(record)["time"] for record in dict.fromkeys(records)])
    times = stated.str.to_datetime("%Y-%m-%dT%H:%M:%S%z")
    assert (times < times.cum_max()).mean() == pytest.approx(0.1, abs=0.02)


def test_the_engine_counts_what_the_naive_program_counts() -> None:
    work, memory, store = Workload(EVENTS), Memory(), Nothing()
    memory.fold(work.records())
    assert not memory.refused
    store.daily = [memory.counts()[1]]
    assert counted(store) == oracle.counts(work)


def test_a_worker_without_a_store_starts_with_nothing() -> None:
    store, domain = Nothing(), Domain(load())
    epoch = store.epoch(TOPIC, "log", 2, domain.catalogue.fingerprint(TOPIC))
    ledgers = recover(store, domain, epoch, {0: 0, 1: 7})
    assert [ledger.next_offset for ledger in ledgers.values()] == [0, 7]


def test_the_stages_name_what_the_engine_calls() -> None:
    command = [sys.executable, "-m", "bench.stages", "--events", "2000", "--once", "500"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    stages = json.loads(done.stdout)
    assert {"split", "decode", "fold", "derive", "write events", "write states", "write counts"} <= set(
        stages
    )
