"""The limit: librdkafka hands over the records of the topic, and nobody looks at them."""

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.consumer import consumer
from bench.peers.job import Counts


def main() -> None:
    options = Options.read()
    finish, source = Finish(options, Counts()), consumer(options)
    while True:
        values = [message.value() for message in source.consume(10_000, 0.05)]
        if values and finish.take(len(values)):
            finish.end()


main()
