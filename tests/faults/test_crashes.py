"""The worker ends without a word at every step of its cycle, in the first, a middle and the last batch."""

from pathlib import Path

import pytest

from tests.e2e import feed
from tests.e2e.kafka import Log
from tests.e2e.program import Program
from tests.faults.journal import written_again
from tests.faults.sabotage import CODE, STEPS
from tests.faults.sabotage import program as sabotaged

LONG = [pytest.mark.long, pytest.mark.timeout(1800)]
STORE = ("worker", "--store", "store")
SMALL = {"checkpoint_rows": 1, "fetch_max_bytes": 20_000}  # every batch is a checkpoint
PLACES = ("first", "middle", "last")
MALFORMED = "reform.feedback"  # has nothing else, so that its batches are all dead letters
AGAIN = dict.fromkeys(STEPS, (1, 1)) | {"folded": (0, 1), "committed": (0, 0)}
"""How many batches of the worst partition are written and not committed then, at least and at most."""

ROTATING = [(step, PLACES[number % 3]) for number, step in enumerate(STEPS)]
EVERY = [(step, place) for step in STEPS for place in PLACES]


@pytest.mark.parametrize(
    "points", [pytest.param(ROTATING, id="rotating"), pytest.param(EVERY, id="every", marks=LONG)]
)
def test_a_crash_at_each_step(
    program: Program, log: Log, tmp_path: Path, points: list[tuple[str, str]]
) -> None:
    """One store and one log for all crashes: each new process also recovers from all those before."""
    events = feed.slice_of(40)
    parts = [events[number :: len(points)] for number in range(len(points))]
    sent = bad = 0
    for number, ((step, place), part) in enumerate(zip(points, parts, strict=True)):
        log.send(part)
        refused = malformed(log)
        sent += len(part) + refused
        bad += refused
        journal = tmp_path / f"{number}-{step}-{place}.jsonl"
        crash(program, log, journal, step, place, sent)
        sent, bad = sent + late(step, place), bad + late(step, place)
    last = program.start(*STORE)
    last.until(log.beyond(sent - 1))
    assert last.stop() == 0
    letters = {(each["partition"], each["offset"]) for each in log.letters()}
    assert len(letters) == bad, "each at least once; some of them come again after a crash"
    feed.check(program, STORE[1:], events)


def malformed(log: Log) -> int:
    """Send what will be refused, into each partition of a topic; returns how many records."""
    return sum(len(log.put(MALFORMED, [b"no event"] * 2, partition)) for partition in range(4))


def late(step: str, place: str) -> int:
    """How many malformed records have to follow, because theirs is seldom the last batch by itself."""
    return 2 if (step, place) == ("letters", "last") else 0


def crash(program: Program, log: Log, journal: Path, step: str, place: str, sent: int) -> None:
    """Run a worker until it crashes there; at most one batch of each partition will come again."""
    waiting = sent - log.done()
    folded = {"first": 1, "middle": waiting // 2, "last": waiting}[place]
    if more := late(step, place):
        folded = waiting + 1  # not before they have come, even if a malformed batch happens to be the last
    worker = program.start(*STORE, program=sabotaged("exit", step, folded, journal), **SMALL)
    if more:
        worker.until(log.beyond(sent - 1))
        log.put(MALFORMED, [b"no event"] * more)
    assert worker.ended() == CODE, worker.output
    again = max(written_again(journal, log.committed()).values(), default=0)
    least, most = AGAIN[step]
    assert least <= again <= most, (step, place, again)
