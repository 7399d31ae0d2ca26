"""Faust's transport, changed in one thing: a fetch is delivered as one batch per shard, not record by record.

`fetch` takes batches out of aiokafka's answers, `client` is the aiokafka consumer that uses it, `thread` runs
it in Faust's consumer thread, `consumer` is what Faust itself sees, `quiet` keeps its logs readable.
Private names of both libraries are used; `tests/transport/test_private_names.py` lists and checks them.
"""

from streams.transport.consumer import BatchTransport, PerShard

__all__ = ["BatchTransport", "PerShard"]
