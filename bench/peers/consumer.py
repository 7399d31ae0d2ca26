"""A confluent-kafka consumer tuned for throughput: what a hand-written program would use."""

from confluent_kafka import Consumer

from bench.options import Options


def consumer(options: Options) -> Consumer:
    """Subscribed, reading from the start of the topic."""
    made = Consumer(
        {
            "bootstrap.servers": options.kafka,
            "group.id": options.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            # The default asks for at least 1 byte and 1 MB per partition; a backlog is read in larger bites.
            "fetch.min.bytes": 100_000,
            "fetch.wait.max.ms": 50,
            "max.partition.fetch.bytes": 4_000_000,
            "queued.max.messages.kbytes": 65_536,
            "queued.min.messages": 200_000,
        }
    )
    made.subscribe([options.topic])
    return made
