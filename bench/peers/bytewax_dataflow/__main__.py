"""Bytewax: one worker; decoding in batches, a state per dossier, and a sink that keeps the counts.

Recovery: snapshots of both to SQLite at the end of each epoch of 10 s (its default).
"""

from collections.abc import Iterable, Iterator

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.job import (
    NOTHING,
    Cell,
    Contributions,
    Counts,
    Event,
    State,
    contributions,
    decode,
    fold,
    matters,
    new_state,
)

Change = tuple[Contributions, Contributions]


class Counting(StatefulSinkPartition[Change, dict[Cell, list[int]]]):
    def __init__(self, finish: Finish) -> None:
        self._finish = finish

    def write_batch(self, values: list[Change]) -> None:
        for old, new in values:
            self._finish.counts.move(old, new)
        self._finish.write()

    def snapshot(self) -> dict[Cell, list[int]]:
        return {cell: list(counted) for cell, counted in self._finish.counts.cells.items()}


class CountSink(FixedPartitionedSink[Change, dict[Cell, list[int]]]):
    def __init__(self, finish: Finish) -> None:
        self._finish = finish

    def list_parts(self) -> list[str]:
        return ["counts"]

    def build_part(self, step_id: str, for_part: str, resume_state: dict[Cell, list[int]] | None) -> Counting:
        del step_id, for_part
        self._finish.counts.cells.update(resume_state or {})
        return Counting(self._finish)


def follow(state: State | None, event: Event) -> tuple[State, Iterable[Change]]:
    """The next state of a dossier, and what it changes in the counts."""
    old = contributions(state) if state else NOTHING
    state = state or new_state()
    if not fold(state, event):
        return state, ()
    new = contributions(state)
    return state, ((old, new),) if old != new else ()


def main() -> None:
    options = Options.read()
    finish = Finish(options, Counts())

    def read(messages: list[KafkaSourceMessage]) -> Iterator[tuple[str, Event]]:
        finish.take(len(messages))
        for message in messages:
            event = decode(message.value)
            if matters(event):
                yield event.subject, event

    flow = Dataflow("dossiers")
    source = KafkaSource(
        [options.kafka],
        [options.topic],
        tail=False,
        batch_size=10_000,
        add_config={"fetch.min.bytes": "100000", "queued.min.messages": "200000"},
    )
    events = op.flat_map_batch("read", op.input("kafka", flow, source), read)
    changes = op.stateful_flat_map("follow", events, follow)
    op.output("count", changes, CountSink(finish))
    recovery = None
    if options.recovery:
        folder = options.folder / "recovery"
        folder.mkdir()
        init_db_dir(folder, 1)
        recovery = RecoveryConfig(str(folder))
    cli_main(flow, recovery_config=recovery)  # ends at the end of the topic
    finish.end()


main()
