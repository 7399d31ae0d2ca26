"""Batches out of raw Kafka answers: offsets with holes, control records, answers that begin before us."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from streams.transport.fetch import _batch, _checked

TP = TopicPartition("t", 3)


def answer(*offsets: int) -> bytearray:
    """A record batch with records at these offsets."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 10_000)
    for offset in offsets:
        builder.append(offset, timestamp=1, key=None, value=b"%d" % offset, headers=[])
    return bytearray(builder.build())


def opened(start: int, raw: bytearray) -> Any:
    return _batch(TP, start, _checked(TP, MemoryRecords(bytes(raw)), check_crcs=True))


def test_values_and_offsets() -> None:
    batch = opened(0, answer(0, 1, 2))
    assert (batch.shard, batch.values, batch.offsets) == (("t", 3), [b"0", b"1", b"2"], [0, 1, 2])
    assert batch.next_offset == 3


def test_holes_that_compaction_left() -> None:
    batch = opened(0, answer(0, 4, 9))
    assert (batch.offsets, batch.next_offset) == ([0, 4, 9], 10)


def test_records_before_the_position_are_left_out() -> None:
    batch = opened(2, answer(0, 1, 2, 3))
    assert (batch.values, batch.offsets) == ([b"2", b"3"], [2, 3])


def test_control_records_are_passed_over() -> None:
    class Control:
        is_control_batch = True
        next_offset = 6

    batch = _batch(TP, 5, iter([Control()]))
    assert (batch.values, batch.offsets, batch.next_offset) == ([], [], 6)


def test_a_wrong_checksum_is_an_error() -> None:
    raw = answer(0, 1)
    raw[-1] ^= 1
    with pytest.raises(CorruptRecordException, match="t/3"):
        opened(0, raw)
