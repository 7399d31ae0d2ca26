"""`reform-pulse serve`: the HTTP services (streams.cli.parts), in one process or each in its own."""

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.options import ClickHouseUrl, Kafka, StoreDirectory, fail, one_line_errors
from streams.cli.parts import Part, application_of, doorkeeper_of

if TYPE_CHECKING:
    from streams.settings import Settings

log = logging.getLogger(__name__)

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
RETRY_SECONDS = 2.0


Host = Annotated[str | None, typer.Option("--host", help="Address; default: the settings'.")]
Port = Annotated[int | None, typer.Option("--port", help="Port, 0 for any free one; default: the settings'.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="File of API keys; default: the settings'.")
]
Only = Annotated[list[Part] | None, typer.Option("--only", help="Only these parts; default: all.")]


def serve(
    *,
    host: Host = None,
    port: Port = None,
    keys: Keys = None,
    kafka: Kafka = None,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    only: Only = None,
) -> None:
    """Serve HTTP until SIGTERM: gateway, query API, live board (docs/gateway.md, api.md, board.vi.md).

    Without API keys only on this machine. TLS belongs in front of it.
    """
    with one_line_errors():
        from prometheus_client import start_http_server

        from streams.garbage import calm
        from streams.probes import named
        from streams.settings import Settings
        from web.doorkeeper import OpenDoorError
        from web.keys import KeysError
        from web.server import Server, listen

        given: dict[str, Any] = {
            "http_host": host,
            "http_port": port,
            "api_keys": keys,
            "kafka": kafka,
            "clickhouse": clickhouse,
        }
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
        logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
        try:
            doorkeeper = doorkeeper_of(settings)
            doorkeeper.may_listen_on(settings.http_host)
        except (KeysError, OpenDoorError) as error:
            fail(str(error))
        listening = listen(settings.http_host, settings.http_port)
        server = Server(application_of(settings, doorkeeper, only, store), listening)
        if settings.metrics_port:
            with named(settings.metrics_host, settings.metrics_port):
                start_http_server(settings.metrics_port, settings.metrics_host)
        if not only or Part.GATEWAY in only:
            threading.Thread(target=_ensure_topics, args=(settings,), daemon=True).start()
        calm()
        typer.echo(f"{server.address}", err=True)
        server.run()


def _ensure_topics(settings: "Settings") -> None:
    """Create the topics as soon as Kafka can be reached; until then the gateway answers 503."""
    from schemas.contract import TOPICS
    from streams.shard import Fatal
    from streams.topics import ensure

    said = ""
    while True:
        try:
            ensure(settings, TOPICS)
        except Fatal as error:
            if str(error) != said:
                said = str(error)
                log.warning("waiting for Kafka: %s", said)
            time.sleep(RETRY_SECONDS)
        else:
            return
