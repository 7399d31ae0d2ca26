"""What a good programmer writes without a framework: confluent-kafka, msgspec, dicts, a loop.

Batches of up to 10,000 records, typed decoding of just the fields that are needed, the cyclic garbage
collector off (nothing here makes cycles, and it would visit every state again and again). It keeps nothing
that would survive a crash: states are in memory, offsets are committed after the counts are written.
"""

import gc

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.consumer import consumer
from bench.peers.job import NOTHING, Counts, State, contributions, decode, fold, matters, new_state


def main() -> None:
    gc.disable()
    options, counts = Options.read(), Counts()
    finish, source = Finish(options, counts), consumer(options)
    states: dict[str, State] = {}
    while True:
        messages = source.consume(10_000, 0.05)
        if not messages:
            continue
        finish.begin()
        for message in messages:
            event = decode(message.value())
            if not matters(event):
                continue
            state = states.get(event.subject)
            if state is None:
                state = states[event.subject] = new_state()
                old = NOTHING
            else:
                old = contributions(state)
            if fold(state, event):
                counts.move(old, contributions(state))
        last = finish.take(len(messages))
        finish.write(at_once=last)
        source.commit(asynchronous=not last)
        if last:
            finish.end()


main()
