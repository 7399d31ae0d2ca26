"""The HTTP gateway: CloudEvents in by POST, into Kafka, 202 when Kafka has them.

The way of a request: `router` admits it, `modes` reads its events, `scope` holds them against the key,
`outbox` gives them to Kafka, `answers` says what became of each.
"""
