"""The hand-written loop that keeps what we keep: events, states and counts in ClickHouse before the offsets.

As `msgspec_loop`, but every event is decoded with its identity, and every 100,000 events or every second the
events, the changed states and the changed counts are inserted, column by column, and only then are the
offsets committed. After a crash the states would be loaded and the counts made of them again.
"""

import gc
from typing import Any

import msgspec
from confluent_kafka import Message

from bench.options import Options
from bench.peers import job
from bench.peers.common import Finish
from bench.peers.consumer import consumer
from bench.peers.job import NOTHING, Counts, State, contributions, fold, matters, new_state

MOST_ROWS = 100_000
TYPES = (*["String"] * 3, "UInt8", "String", *["Int32"] * 3, "UInt8")
VERSIONS = [f"{name}_version" for name in job.COLUMNS]
EVENT_COLUMNS = ("type", "source", "id", "subject", "time", "partition", "offset", "event")
EVENTS = (
    "CREATE TABLE events (type LowCardinality(String), source LowCardinality(String), id String, "
    "subject String, time Float64, partition UInt32, offset Int64, event String CODEC(ZSTD)) "
    "ENGINE = ReplacingMergeTree ORDER BY (subject, source, id) SETTINGS fsync_after_insert = 1"
)
STATES = (
    "CREATE TABLE states (subject String, "
    + "".join(f"{name} Nullable({type_}), " for name, type_ in zip(job.COLUMNS, TYPES, strict=True))
    + "".join(f"{name} Float64, " for name in VERSIONS)
    + "version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY subject SETTINGS fsync_after_insert = 1"
)


class Event(job.Event, gc=False, kw_only=True):
    """With its identity."""

    id: str
    source: str


class Keeper:
    """Events and changed states since the last write."""

    def __init__(self, finish: Finish) -> None:
        assert finish.sink
        self._client, self._finish = finish.sink.client, finish
        self._client.command(EVENTS)
        self._client.command(STATES)
        self.events: list[tuple[Any, ...]] = []
        self.changed: dict[str, State] = {}

    def write(self) -> None:
        """Events, then states, then counts; durable when it returns."""
        self._insert("events", EVENT_COLUMNS, list(zip(*self.events, strict=True)))
        subjects, states = list(self.changed), list(zip(*self.changed.values(), strict=True))
        versions = [self._finish.taken] * len(subjects)
        self._insert("states", ("subject", *job.COLUMNS, *VERSIONS, "version"), [subjects, *states, versions])
        self._finish.write(at_once=True)
        self.events.clear()
        self.changed.clear()

    def _insert(self, table: str, names: tuple[str, ...], columns: list[Any]) -> None:
        if columns and columns[0]:
            self._client.insert(table, columns, names, column_oriented=True)


def main() -> None:
    gc.disable()
    options, counts = Options.read(), Counts()
    finish, source = Finish(options, counts), consumer(options)
    keeper = Keeper(finish)
    states: dict[str, State] = {}
    decode = msgspec.json.Decoder(Event).decode

    def follow(message: Message) -> None:
        value = message.value()
        event = decode(value)
        identity = event.type, event.source, event.id, event.subject, event.time.timestamp()
        keeper.events.append((*identity, message.partition(), message.offset(), value))
        if not matters(event):
            return
        state = states.get(event.subject)
        old = contributions(state) if state else NOTHING
        if state is None:
            state = states[event.subject] = new_state()
        if fold(state, event):
            keeper.changed[event.subject] = state
            counts.move(old, contributions(state))

    while True:
        messages = source.consume(10_000, 0.05)
        if messages:
            finish.begin()
        for message in messages:
            follow(message)
        last = bool(messages) and finish.take(len(messages))
        if last or len(keeper.events) >= MOST_ROWS or (keeper.events and finish.due()):
            keeper.write()
            source.commit(asynchronous=False)
        if last:
            finish.end()


main()
