"""The Faust app of a worker: one agent per topic, the checkpoint timer, the hooks of the transport."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

import faust
from yarl import URL

from streams import metrics
from streams.kafka import aiokafka
from streams.meter import show_lags
from streams.owner import Owner
from streams.settings import Settings
from streams.shard import Fatal, Processor
from streams.transport import BatchTransport, PerShard

_BUFFERED_BATCHES = 4  # per agent; with fetch_max_bytes each it bounds the memory of what waits
_COMMIT_SECONDS = 2.0  # a commit that failed is repaired by the next one, at the latest after so long
BACKLOG_PATIENCE = 10  # times that the timer waits for a full checkpoint


class PulseApp(faust.App):
    """Faust's app with the two things that the transport asks for: `options` and `owner`.

    loaded: called whenever the shards of an assignment are loaded and batches are about to flow.
    """

    options: Settings
    owner: Owner
    loaded: Callable[[], None]
    consumer: Any  # BatchConsumer

    def _create_directories(self) -> None:
        """None are needed: there are no Faust tables, the state lives in ClickHouse."""


def build_app(
    settings: Settings,
    processor: Processor,
    topics: Iterable[str],
    failed: Callable[[Fatal], None],
    loaded: Callable[[], None],
) -> PulseApp:
    """Return the app, not started; call in the event loop it will run in.

    An agent is named after the last word of its topic: `reform.dossiers` is read by `dossiers`.
    """
    app = PulseApp(settings.group, **_conf(settings))
    app.options = settings
    app.owner = Owner(processor, failed, lambda: app.consumer)
    app.loaded = loaded
    app.transport = BatchTransport([URL(app.conf.broker[0])], app)
    for topic in topics:
        _agent(app, topic)
    app.task(_checkpoints(app, settings))
    app.task(_lags(app, settings.checkpoint_seconds))
    app.on_rebalance_complete.connect(cast("Any", _load))
    return app


def _conf(settings: Settings) -> dict[str, Any]:
    servers = [server.strip() for server in settings.kafka.split(",")]
    return {
        "broker": [URL(f"kafka://{server}") for server in servers],
        "broker_credentials": _credentials(settings),
        "store": "memory://",
        "autodiscover": False,
        "web_enabled": False,
        "worker_redirect_stdouts": False,
        "topic_disable_leader": True,
        "topic_allow_declare": False,  # streams.topics does that
        "ConsumerScheduler": PerShard,
        "stream_buffer_maxsize": _BUFFERED_BATCHES,
        "stream_wait_empty": False,  # Faust would wait for acknowledgements that never come
        "broker_session_timeout": settings.session_timeout,
        "broker_heartbeat_interval": settings.heartbeat_interval,
        "broker_rebalance_timeout": settings.session_timeout,
        "broker_request_timeout": max(90.0, settings.session_timeout),
        "broker_commit_interval": _COMMIT_SECONDS,
    }


def _credentials(settings: Settings) -> Any:
    """For the producer that Faust starts and nobody uses; our consumer has its own (streams.transport)."""
    way = aiokafka(settings)
    context = way["ssl_context"]
    if settings.kafka_user:
        user, password = way["sasl_plain_username"], way["sasl_plain_password"]
        return faust.SASLCredentials(
            username=user, password=password, ssl_context=context, mechanism=way["sasl_mechanism"]
        )
    return faust.SSLCredentials(context) if context else None


def _agent(app: PulseApp, topic: str) -> None:
    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            await app.owner.run(event.message.value)

    channel = app.topic(topic, value_type=bytes, value_serializer="raw")
    app.agent(channel, name=topic.rpartition(".")[2], concurrency=1)(agent)


def _checkpoints(app: PulseApp, settings: Settings) -> Callable[[], Any]:
    """The timer. Behind a backlog it waits for full checkpoints, which cost less."""

    async def checkpoints() -> None:
        passed = 0
        while not app.should_stop:
            await app.sleep(settings.checkpoint_seconds)
            passed += 1
            behind = sum(app.consumer.lags().values()) > 2 * settings.checkpoint_rows
            if passed >= BACKLOG_PATIENCE or not behind:
                await app.owner.flush()
                passed = 0

    return checkpoints


def _lags(app: PulseApp, seconds: float) -> Callable[[], Any]:
    """On its own: a flush that waits for a store that is away must not hide how much is waiting."""

    async def lags() -> None:
        while not app.should_stop:
            await app.sleep(seconds)
            show_lags(app.consumer.lags())
            metrics.TASKS.set(len(asyncio.all_tasks()))

    return lags


async def _load(app: PulseApp, **_: Any) -> None:
    """Load the shards when a rebalance is through.

    Not in the assigned callback: the member sends no heartbeats there, and a long load would cost it the
    shards again and again. The flow is resumed after this hook.
    """
    await app.consumer.load()
    if app.owner.ready:
        app.loaded()
