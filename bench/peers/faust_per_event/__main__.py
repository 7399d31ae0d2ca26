"""Faust as its manual shows it: an agent that takes event by event, and a Table of states.

Tuned: no leader topic, large fetches, the changelog produced with a linger of 50 ms, orjson. The Table is in
memory with its changelog in Kafka, its fastest store that survives a crash; counts follow from the states
and would be counted again after recovery. Without recovery the states are in a plain dict.
"""

from collections.abc import MutableMapping

import faust

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.job import NOTHING, Counts, State, contributions, decode, fold, matters, new_state


def main() -> None:
    options, counts = Options.read(), Counts()
    finish = Finish(options, counts)
    app = faust.App(
        options.group,
        broker=f"aiokafka://{options.kafka}",
        store="memory://",
        datadir=str(options.folder / "faust"),
        topic_partitions=options.partitions,
        topic_replication_factor=1,
        topic_disable_leader=True,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4_000_000,
        stream_buffer_maxsize=16_384,
        stream_wait_empty=False,
        producer_linger=0.05,
        producer_max_batch_size=262_144,
    )
    topic = app.topic(options.topic, key_serializer="raw", value_serializer="raw", value_type=bytes)
    states: MutableMapping[str, State] = {}
    if options.recovery:
        states = app.Table("states", partitions=options.partitions)

    async def ended() -> None:
        if options.recovery:
            await app.producer.flush()
        await app.consumer.commit()
        finish.end()

    @app.agent(topic)
    async def follow(stream: faust.Stream) -> None:
        async for value in stream:
            event = decode(value)
            if matters(event):
                state = states.get(event.subject)
                old = contributions(state) if state else NOTHING
                state = state or new_state()
                if fold(state, event):
                    states[event.subject] = state
                    counts.move(old, contributions(state))
            last = finish.take()
            if not finish.taken % 1_000:
                finish.write()
            if last:
                await ended()

    faust.Worker(app, loglevel="WARNING", redirect_stdouts=False).execute_from_commandline()


main()
