"""A worker against the real embedded broker: what is delivered, what is committed, how it ends."""

from collections.abc import Callable
from pathlib import Path

from streams.broker import Broker
from tests.transport.conftest import Sink, WorkerProcess, committed, produce, wait_until
from tests.transport.recorder import topics

Start = Callable[..., WorkerProcess]

PER_SHARD = 1_000
EVERY = [(topic, partition) for topic in ("dossiers", "documents") for partition in range(4)]


def whole(group: str) -> dict[tuple[str, int], list[int]]:
    return {(f"{group}.{topic}", partition): list(range(PER_SHARD)) for topic, partition in EVERY}


def ends(group: str) -> dict[tuple[str, int], int]:
    return dict.fromkeys(whole(group), PER_SHARD)


def test_every_event_is_delivered_once_with_its_offset(
    kafka: str, group: str, sink: Sink, start: Start
) -> None:
    produce(kafka, group, 0, 4 * PER_SHARD)
    worker = start()
    wait_until(lambda: sink.count() == 8 * PER_SHARD)
    assert worker.terminate() == (0, "")
    assert sink.flushed() == whole(group)
    for line in sink.lines("flush"):
        partition = line["shard"][1]
        assert line["values"] == [f"event {4 * offset + partition}" for offset in line["offsets"]]
        assert line["next"] == line["offsets"][-1] + 1
    assert len(sink.lines("flush")) > len(EVERY), "batches must be smaller than a shard for this test"
    assert committed(kafka, group) == ends(group)


def test_all_shards_are_assigned_before_a_batch_flows(
    kafka: str, group: str, sink: Sink, start: Start
) -> None:
    produce(kafka, group, 0, 400)
    worker = start()
    wait_until(lambda: sink.count() == 800)
    worker.terminate()
    produce(kafka, group, 400, 800)
    again = start()
    wait_until(lambda: sink.count() == 1600)
    again.terminate()
    first, second = sink.lines("assign")
    assert sorted(map(tuple, first["committed"])) == [
        (t, p, None) for t in sorted(topics(group)) for p in range(4)
    ]
    assert {offset for _, _, offset in second["committed"]} == {100}
    assert all(len(set(offsets)) == len(offsets) for offsets in sink.flushed().values())


def test_what_the_processor_did_not_commit_is_not_committed(
    kafka: str, group: str, sink: Sink, start: Start, tmp_path: Path
) -> None:
    produce(kafka, group, 0, 400)
    silent = start(silent=1)
    wait_until(lambda: sink.count() == 800)
    assert silent.terminate() == (0, "")
    assert set(committed(kafka, group).values()) == {-1001}
    again = Sink(tmp_path / "again.jsonl")
    start(into=again)
    wait_until(lambda: again.count() == 800)


def test_kill_between_sink_and_commit_repeats_one_batch_at_most(
    kafka: str, group: str, sink: Sink, start: Start
) -> None:
    produce(kafka, group, 0, 4 * PER_SHARD)
    kills = 2
    for _ in range(kills):
        assert start(kill_at=7).ended()[0] == -9
    last = start()
    wait_until(lambda: sink.count() == 8 * PER_SHARD)
    assert last.terminate() == (0, "")
    sizes = [len(line["offsets"]) for line in sink.lines("flush")]
    assert {shard: sorted(set(offsets)) for shard, offsets in sink.flushed().items()} == whole(group)
    assert sum(sizes) - 8 * PER_SHARD <= kills * max(sizes)
    assert committed(kafka, group) == ends(group)


def test_workers_that_join_and_leave_lose_nothing(
    kafka: str, group: str, sink: Sink, start: Start, tmp_path: Path
) -> None:
    other = Sink(tmp_path / "other.jsonl")
    produce(kafka, group, 0, 2_000)
    one = start()
    wait_until(lambda: bool(sink.lines("flush")))
    two = start(into=other)
    wait_until(lambda: bool(other.lines("assign")))
    produce(kafka, group, 2_000, 3_000)
    wait_until(lambda: sink.count() + other.count() >= 6_000)
    assert one.terminate()[0] == 0
    produce(kafka, group, 3_000, 4_000)
    wait_until(lambda: sink.count() + other.count() >= 8_000)
    assert two.terminate()[0] == 0
    both = {s: sink.flushed().get(s, []) + other.flushed().get(s, []) for s in whole(group)}
    assert {shard: sorted(set(offsets)) for shard, offsets in both.items()} == whole(group)
    assert other.flushed(), "the second worker had shards"
    assert committed(kafka, group) == ends(group)


def test_sigterm_flushes_and_commits(kafka: str, group: str, sink: Sink, start: Start) -> None:
    produce(kafka, group, 0, 400)
    worker = start(checkpoint_seconds=1_000)
    wait_until(lambda: sum(line["count"] for line in sink.lines("process")) == 800)
    assert not sink.lines("flush")
    assert worker.terminate() == (0, "")
    assert sink.count() == 800
    assert set(committed(kafka, group).values()) == {100}


def test_fatal_stops_with_its_message_and_commits_nothing(kafka: str, group: str, start: Start) -> None:
    produce(kafka, group, 0, 400)
    code, errors = start(fatal_at=1, checkpoint_seconds=1_000).ended()
    assert code == 1
    assert errors == "reform-pulse: the recorder was told to stop\n"
    assert set(committed(kafka, group).values()) == {-1001}


def test_an_error_of_the_processor_stops_the_worker(kafka: str, group: str, start: Start) -> None:
    produce(kafka, group, 0, 400)
    code, errors = start(bug_at=1, checkpoint_seconds=1_000).ended()
    assert code == 1
    assert "reform-pulse: unexpected error, please report it with the log: ZeroDivisionError()" in errors
    assert set(committed(kafka, group).values()) == {-1001}


def test_sigterm_ends_a_worker_whose_broker_is_gone(sink: Sink, start: Start) -> None:
    with Broker() as broker:
        worker = start(kafka=broker.bootstrap, shutdown_seconds=3)
        wait_until(lambda: bool(sink.lines("assign")))
    code, errors = worker.terminate()
    assert code in (0, 1)
    assert "Traceback" not in errors
    assert errors.count("\n") < 30, "its log is held back"


def test_a_worker_waits_for_the_broker_and_sigterm_ends_the_wait(start: Start) -> None:
    worker = start(kafka="127.0.0.1:1")
    assert worker.process.stderr is not None
    assert worker.process.stderr.readline() == "waiting for Kafka at 127.0.0.1:1\n"
    assert worker.terminate() == (0, "")
