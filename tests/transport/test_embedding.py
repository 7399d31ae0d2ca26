"""The worker inside another program, the embedded broker's own life, topics, and logs that end too early."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError
from confluent_kafka.admin import AdminClient

from streams import topics as kafka_topics
from streams.broker import Broker
from streams.shard import Fatal, Shard
from streams.transport.fetch import BatchFetcher
from streams.transport.thread import BatchThread
from streams.worker import Worker
from tests.transport.conftest import Sink, committed, produce, wait_until
from tests.transport.recorder import Recorder, settings, topics


def worker(kafka: str, group: str, sink: Sink) -> Worker:
    return Worker(settings(kafka, group), Recorder(sink.path), topics(group))


def test_beside_others_in_one_loop(kafka: str, group: str, sink: Sink) -> None:
    produce(kafka, group, 0, 400)
    mine = worker(kafka, group, sink)

    async def program() -> dict[Shard, int]:
        ready = asyncio.Event()
        serving = asyncio.create_task(mine.serve(ready.set))
        await ready.wait()
        await asyncio.to_thread(wait_until, lambda: set(committed(kafka, group).values()) == {100})
        lags = mine.lags()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return lags

    assert asyncio.run(program()) == {
        Shard(topic, number): 0 for topic in topics(group) for number in range(4)
    }
    assert sink.count() == 800
    assert sink.lines("revoke")


def test_in_a_thread(kafka: str, group: str, sink: Sink) -> None:
    produce(kafka, group, 0, 40)
    mine, ready = worker(kafka, group, sink), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(mine.serve(ready.set)))
    thread.start()
    assert ready.wait(60)
    wait_until(lambda: sink.count() == 80)
    mine.stop()
    thread.join()
    assert set(committed(kafka, group).values()) == {10}


def test_the_death_of_the_embedded_broker_stops_the_worker(sink: Sink) -> None:
    ready = threading.Event()

    def died(message: str) -> None:
        mine.fail(Fatal(message))

    with Broker(died) as broker:
        mine = worker(broker.bootstrap, "g", sink)

        async def program() -> None:
            await asyncio.gather(mine.serve(ready.set), asyncio.to_thread(kill))

        def kill() -> None:
            ready.wait()
            assert broker.pid is not None
            os.kill(broker.pid, signal.SIGKILL)

        with pytest.raises(Fatal, match=r"the embedded broker .* ended with code -9"):
            asyncio.run(program())


def test_a_committed_offset_that_has_left_the_log(
    kafka: str, group: str, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    produce(kafka, group, 0, 40)
    before = worker(kafka, group, sink)

    async def serve_until_committed() -> None:
        serving = asyncio.create_task(before.serve())
        await asyncio.to_thread(wait_until, lambda: set(committed(kafka, group).values()) == {10})
        before.stop()
        await serving

    asyncio.run(serve_until_committed())

    # The embedded broker cannot delete records, so the answer about the start of the log is changed.
    async def log_starts(_: Any, shards: list[Shard]) -> dict[Shard, int]:
        return {shard: 25 if shard.partition == 2 else 0 for shard in shards}

    monkeypatch.setattr(BatchThread, "_log_starts", log_starts)
    with pytest.raises(Fatal) as failure:
        asyncio.run(worker(kafka, group, sink).serve())
    assert f"{topics(group)[1]}, partition 2: the committed offset 10 is not in the log" in str(failure.value)
    assert "starts at 25" in str(failure.value)
    assert "reform-pulse rebuild" in str(failure.value)
    assert len(sink.lines("assign")) == 1, "no shard was loaded"


def test_a_position_that_has_left_the_log(
    kafka: str, group: str, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = TopicPartition(topics(group)[0], 1)

    def take(*_: Any) -> None:
        raise OffsetOutOfRangeError({shard: 7})

    monkeypatch.setattr(BatchFetcher, "_take", take)
    with pytest.raises(Fatal, match=r"dossiers, partition 1: the committed offset 7 .* starts at 0"):
        asyncio.run(worker(kafka, group, sink).serve())
    assert set(committed(kafka, group).values()) == {-1001}


def test_the_embedded_broker_does_not_outlive_a_killed_parent() -> None:
    program = "from streams.broker import Broker; b = Broker().start(); print(b.pid, flush=True); input()"
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True)
    assert parent.stdout is not None
    stat = Path(f"/proc/{int(parent.stdout.readline())}/stat")
    assert stat.exists()
    parent.kill()
    parent.communicate()
    wait_until(lambda: not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_topic_that_was_created_again_is_another_log(kafka: str, group: str) -> None:
    name, wanted = topics(group)[0], settings(kafka, group)
    first = kafka_topics.describe(wanted, [name, "missing"])
    assert first[name].partitions == 4
    assert set(first) == {name}
    kafka_topics.ensure(wanted, [name])
    assert kafka_topics.describe(wanted, [name]) == first
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.delete_topics([name])[name].result()
    kafka_topics.ensure(wanted, [name])
    second = kafka_topics.describe(wanted, [name])
    assert second[name].identity != first[name].identity
    assert second[name].identity


def test_the_terminals_interrupt_does_not_reach_the_embedded_broker() -> None:
    """Ctrl-C goes to the whole process group of the terminal; the broker must live until it is stopped."""
    with Broker() as broker:
        assert broker.pid is not None
        assert os.getpgid(broker.pid) != os.getpgid(0)
