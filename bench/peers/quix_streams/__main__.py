"""Quix Streams: a StreamingDataFrame with a state per dossier in RocksDB; checkpoints every 5 s, its default.

Recovery adds changelog topics; without it the state survives a restart on the same disk only. Bytes are
decoded by msgspec rather than by its JSON deserializer, and events that do not matter are filtered before
the state is opened.
"""

from quixstreams import Application
from quixstreams.state import State as Store

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.job import NOTHING, Counts, Event, contributions, decode, fold, matters, new_state


def main() -> None:
    options, counts = Options.read(), Counts()
    finish = Finish(options, counts)

    def processed(*_: object) -> None:
        if finish.take():
            app.stop()
        elif not finish.taken % 1_000:
            finish.write()

    app = Application(
        broker_address=options.kafka,
        consumer_group=options.group,
        auto_offset_reset="earliest",
        state_dir=options.folder / "quix",
        use_changelog_topics=options.recovery,
        consumer_extra_config={"fetch.min.bytes": 100_000, "queued.min.messages": 200_000},
        producer_extra_config={"linger.ms": 50, "compression.type": "lz4"},
        on_message_processed=processed,
        loglevel="WARNING",
    )

    def count(event: Event, store: Store) -> None:
        state = store.get("dossier")
        old = contributions(state) if state else NOTHING
        state = state or new_state()
        if fold(state, event):
            store.set("dossier", state)
            counts.move(old, contributions(state))

    topic = app.topic(options.topic, key_deserializer="bytes", value_deserializer="bytes")
    frame = app.dataframe(topic).apply(decode)
    frame.filter(matters).update(count, stateful=True)
    app.run()  # ends with a checkpoint
    finish.end()


main()
