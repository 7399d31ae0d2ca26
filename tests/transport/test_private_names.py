"""The names of Faust and aiokafka that are not theirs to keep, as `streams/transport` uses them.

Both are pinned exactly. An upgrade that moves one of these fails here, by name, and not in production.
"""

import inspect
from importlib.metadata import version
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher, FetchError, FetchResult, PartitionRecords
from aiokafka.consumer.group_coordinator import GroupCoordinator
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.consumer import ThreadDelegateConsumer
from faust.transport.drivers import aiokafka as driver
from mode.threads import QueueServiceThread

METHODS: list[tuple[Any, str, str]] = [
    (Fetcher, "fetched_records", "self, partitions, timeout, max_records"),
    (Fetcher, "close", "self"),
    (Fetcher, "_create_fetch_waiter", "self"),
    (Fetcher, "_notify", "self, future"),
    (FetchResult, "check_assignment", "self, tp"),
    (FetchResult, "_update_position", "self"),
    (FetchError, "check_raise", "self"),
    (AIOKafkaConsumer, "start", "self"),
    (AIOKafkaConsumer, "stop", "self"),
    (AIOKafkaConsumer, "committed", "self, partition"),
    (AIOKafkaConsumer, "beginning_offsets", "self, partitions"),
    (AIOKafkaConsumer, "end_offsets", "self, partitions"),
    (AIOKafkaConsumer, "seek", "self, partition, offset"),
    (AIOKafkaConsumer, "highwater", "self, partition"),
    (driver.AIOKafkaConsumerThread, "_create_worker_consumer", "self, transport"),
    (driver.AIOKafkaConsumerThread, "_commit", "self, offsets"),
    (driver.AIOKafkaConsumerThread, "_ensure_consumer", "self"),
    (QueueServiceThread, "call_thread", "self, fun, args, kwargs"),
    (driver.Consumer, "_new_consumer_thread", "self"),
    (driver.Consumer, "_to_message", "self, tp, record"),
    (driver.Consumer, "verify_event_path", "self, now, tp"),
    (ThreadDelegateConsumer, "_getmany", "self, active_partitions, timeout"),
    (ThreadDelegateConsumer, "_commit", "self, offsets"),
    (BaseConsumer, "force_commit", "self, topics, start_new_transaction"),
    (BaseConsumer, "_add_gap", "self, tp, offset_from, offset_to"),
    (BaseConsumer, "perform_seek", "self"),
    (BaseConsumer, "on_partitions_revoked", "self, revoked"),
    (BaseConsumer, "resume_flow", "self"),
    (BaseConsumer, "stop_flow", "self"),
    (faust.App, "_create_directories", "self"),
]

USED: list[tuple[Any, list[str]]] = [
    (
        Fetcher.__init__,
        ["_records", "_subscriptions", "_check_crcs", "_closed", "_fetch_task", "_pending_tasks"],
    ),
    (Fetcher._fetch_requests_routine, ["_wait_consume_future"]),
    (FetchResult.__init__, ["_partition_records"]),
    (PartitionRecords.__init__, ["_records", "next_fetch_offset"]),
    (
        AIOKafkaConsumer.__init__,
        [
            "_client",
            "_subscription",
            "_fetcher",
            "_fetch_max_wait_ms",
            "_fetch_min_bytes",
            "_fetch_max_bytes",
            "_max_partition_fetch_bytes",
            "_check_crcs",
            "_consumer_timeout",
            "_retry_backoff_ms",
            "_auto_offset_reset",
            "_isolation_level",
            "_coordinator",
        ],
    ),
    (GroupCoordinator.__init__, ["_pending_exception"]),
    (BaseConsumer.__init__, ["_read_offset"]),
]


def test_pinned_versions() -> None:
    assert (version("faust-streaming"), version("aiokafka")) == ("0.15.3", "0.14.0")


@pytest.mark.parametrize(("owner", "name", "signature"), METHODS)
def test_method(owner: Any, name: str, signature: str) -> None:
    assert name in dir(owner), f"{owner.__name__}.{name} is gone"
    assert ", ".join(inspect.signature(getattr(owner, name)).parameters) == signature


@pytest.mark.parametrize(("where", "names"), USED)
def test_attributes_are_set(where: Any, names: list[str]) -> None:
    source = inspect.getsource(where)
    assert [
        name for name in names if f"self.{name} = " not in source and f"self.{name}: " not in source
    ] == []


def test_every_commit_of_faust_goes_through_force_commit() -> None:
    assert "self.force_commit(" in inspect.getsource(BaseConsumer.commit)
    assert "self.commit(" in inspect.getsource(BaseConsumer.commit_and_end_transactions)
    assert "_commit_offsets" not in inspect.getsource(driver)


def test_the_flow_is_resumed_after_the_rebalance_hook_and_the_seek() -> None:
    from faust.tables.recovery import Recovery

    source = inspect.getsource(Recovery.on_recovery_completed)
    steps = ["on_rebalance_complete.send", "resume_partitions", "perform_seek", "consumer.resume_flow"]
    assert sorted(steps, key=source.index) == steps
