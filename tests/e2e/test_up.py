"""Everything on one machine: the demo to its end, what stays of it, and how it is ended early."""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from sources.nga_nam import PUBLISHED
from tests.e2e import feed
from tests.e2e.program import PATIENCE, Program, Running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
STORE = ("--store", "data/clickhouse")
COUNTING = ("up", "--data", "data", "--feed", "demo")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Give a machine that has counted the demo."""
    program = Program(tmp_path_factory.mktemp("machine"))
    demo = program.start(*COUNTING)
    assert demo.ended() == 0, demo.output
    assert demo.output.count("= đúng/equal") == len(PUBLISHED)
    assert "SAI/DIFFERENT" not in demo.output
    assert f"\n    {demo.output[demo.output.index('verify: ') :].splitlines()[0]}\n" in README
    assert "reform-pulse kpis --store data/clickhouse" in demo.output
    yield program
    program.close()


def test_what_the_demo_leaves_is_right(machine: Program) -> None:
    feed.check(machine, STORE, feed.whole())


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGINT, marks=pytest.mark.long),  # in good order: in tests/e2e/test_serve.py, too
        pytest.param(signal.SIGTERM, marks=pytest.mark.long),
        signal.SIGKILL,
    ],
    ids=lambda how: how.name,
)
def test_counting_again_and_ending_early_changes_nothing(machine: Program, how: signal.Signals) -> None:
    """Each run has a new log; its counts come from the states, whatever it gets of the feed again."""
    again = machine.start(*COUNTING)
    again.until(partial(counted, again))
    broker = children(again)
    assert broker
    (refused,) = machine.try_all(("kpis", *STORE, "--period", "2022-Q3"))
    assert refused[0] == 2
    assert f"in use by process {again.process.pid}" in refused[2]
    assert again.stop(how) == (-how if how is signal.SIGKILL else 0), again.output
    wait_until_gone(broker)
    assert "Traceback" not in again.output
    feed.check(machine, STORE, feed.whole())


def counted(running: Running) -> bool:
    """Whether its last line says that it has counted something."""
    last = running.output.rpartition("sự kiện/events ")[2]
    return last[:1].isdigit() and last[:1] != "0"


def wait_until_gone(pids: list[int]) -> None:
    """Wait until none of these processes is left."""
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "the broker outlives its machine"
        time.sleep(0.05)


def children(running: Running) -> list[int]:
    """Ids of the processes it has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it has ended
            if f"PPid:\t{running.process.pid}\n" in status.read_text():
                found.append(int(status.parent.name))
    return found
