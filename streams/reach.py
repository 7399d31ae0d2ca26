"""Whether Kafka can be reached at all: a port that accepts connections."""

import asyncio
import logging
import socket
from contextlib import suppress

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 2.0
_PAUSE_SECONDS = 0.5


def reachable(servers: str) -> bool:
    """Whether one of the `host:port,host:port` accepts connections; blocks, for seconds at worst."""
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        with suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS):
            return True
    return False


async def wait_for_port(servers: str) -> None:
    """Return when one of the servers accepts connections; says once what it waits for."""
    said = False
    while not await asyncio.to_thread(reachable, servers):
        if not said:
            log.warning("waiting for Kafka at %s", servers)
            said = True
        await asyncio.sleep(_PAUSE_SECONDS)
    if said:
        log.warning("Kafka at %s is there", servers)
