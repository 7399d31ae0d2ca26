"""Health by looks: what counts as progress, what is waited for, and what a restart would mend."""

import subprocess
import sys
from dataclasses import replace

import pytest

from streams.health import Health
from streams.look import Look
from streams.settings import Settings

SETTINGS = Settings(session_timeout=4, heartbeat_interval=1, checkpoint_seconds=0.4, clickhouse_timeout=6)
LIMIT = 2 * 4  # looks, at one a second
JOINING = 10 * 4
REQUEST = 10 * 6
BEHIND = Look(shards=4, committed=100, lag=5_000)


def seen(*looks: Look) -> Health:
    health = Health(SETTINGS)
    for look in looks:
        health.look(look)
    return health


def verdicts(health: Health) -> tuple[bool, bool]:
    return health.live.good, health.ready.good


def test_before_there_is_a_worker_it_lives_and_is_not_ready() -> None:
    health = Health(SETTINGS)
    health.waits("Kafka at nowhere:1")
    assert verdicts(health) == (True, False)
    assert health.ready.why == "waiting for Kafka at nowhere:1"


def test_two_sessions_without_a_commit_while_events_wait() -> None:
    first = replace(BEHIND, committed=99)
    assert verdicts(seen(first, *[BEHIND] * (LIMIT + 1))) == (True, True)
    stuck = seen(first, *[BEHIND] * (LIMIT + 2))
    assert verdicts(stuck) == (False, False)
    assert stuck.ready.why == stuck.live.why == "nothing committed for 9 s, and 5,000 events wait"


@pytest.mark.parametrize(
    "last", [replace(BEHIND, committed=101), replace(BEHIND, lag=0), replace(BEHIND, shards=3)]
)
def test_progress_begins_anew(last: Look) -> None:
    assert verdicts(seen(*[BEHIND] * 100, last, *[BEHIND] * LIMIT)) == (True, True)


def test_nothing_to_do_is_no_standstill() -> None:
    assert verdicts(seen(*[replace(BEHIND, lag=0)] * 1_000)) == (True, True)


def test_without_shards_it_is_not_ready_and_after_long_a_restart_is_tried() -> None:
    assert verdicts(seen(*[Look()] * JOINING)) == (True, False)
    assert verdicts(seen(*[Look()] * (JOINING + 2))) == (False, False)


def test_waiting_for_clickhouse_is_told_and_no_reason_to_restart() -> None:
    tries = [replace(BEHIND, tries=number, out=True, trouble="it is down") for number in range(1_000)]
    health = seen(*tries)
    assert verdicts(health) == (True, False)
    assert health.ready.why.endswith("5,000 events wait: it is down")


def test_a_call_of_a_sink_that_never_returns_is_stuck() -> None:
    hangs = replace(BEHIND, tries=1, out=True)
    assert verdicts(seen(*[hangs] * REQUEST)) == (True, False)
    assert verdicts(seen(*[hangs] * (REQUEST + 2))) == (False, False)


def test_kafka_out_of_reach_is_told_and_no_reason_to_restart() -> None:
    health = seen(*[replace(BEHIND, lag=None, away=True)] * 1_000)
    assert verdicts(health) == (True, False)
    assert health.ready.why.endswith("Kafka cannot be reached")


def test_a_broker_that_others_can_reach_and_our_client_cannot_is_stuck() -> None:
    assert verdicts(seen(*[replace(BEHIND, lag=None)] * (LIMIT + 2))) == (False, False)


STUCK_LOOP = """
import asyncio, threading, time
from streams.health import Health
from streams.look import Look
from streams.settings import Settings
from streams.watcher import Watcher

async def the_task_that_waits():
    await asyncio.Event().wait()

async def main():
    health = Health(Settings(session_timeout=1.1, heartbeat_interval=0.3, checkpoint_seconds=0.1))
    asyncio.create_task(the_task_that_waits())
    await asyncio.sleep(0)
    Watcher(health, lambda: Look(1, 5, 9), lambda fatal: None, grace=0.2).start()
    time.sleep(600)

asyncio.run(main())
"""


def test_a_blocked_event_loop_is_ended_with_all_stacks() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK_LOOP], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "time.sleep" in done.stderr or "in main" in done.stderr
    assert "the_task_that_waits" in done.stderr, "tasks have stacks, too"
    last = done.stderr.splitlines()[-1]
    assert last.startswith("reform-pulse: stuck: nothing committed for ")
    assert "9 events wait" in last


def test_what_people_are_told() -> None:
    assert seen(BEHIND).as_dict() == {"shards": 4, "lag": 5_000, "seconds_without_commit": 0.0}
