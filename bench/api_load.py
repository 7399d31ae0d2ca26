"""The other side of bench.api: clients that ask and listen, in a process of their own; says JSON lines.

    python -m bench.api_load ask URL CLIENTS SECONDS PAUSE [new]   # each client asks, then waits
    python -m bench.api_load listen URL LISTENERS                  # a line per change, until stdin ends

`new`: no two questions are the same, so that none is answered from what was answered before.
"""

import asyncio
import json
import sys
import time
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from serving.api.stream import HEADLINES

BOARD = {
    "the board's figures": ("kpis", {"kpi": HEADLINES, "window": "month", "compare": ["previous", "target"]}),
    "its lines by day": ("kpis", {"kpi": HEADLINES[:4], "window": "month", "by": "day", "limit": "10000"}),
    "its ranking": ("rankings", {"kpi": "online_dossier_rate", "window": "month", "depth": "2"}),
}
TIMEOUT = 120.0


async def opened(url: str, path: str) -> tuple[StreamReader, StreamWriter]:
    """A connection on which one question was asked."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 22)
    asked(writer, path)
    return reader, writer


def asked(writer: StreamWriter, path: str) -> None:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode())


async def answered(reader: StreamReader) -> int:
    """Read one answer; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    await reader.readexactly(length)
    return int(head.split()[1])


@dataclass
class Asking:
    """Clients that ask one question again and again. times: in seconds, with the connection's making."""

    url: str
    path: str
    pause: float
    ends: float
    new: bool
    times: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    async def client(self, wait: float) -> None:
        """Ask until it is over. Who pauses connects anew: the server does not keep what is idle."""
        await asyncio.sleep(wait)
        connection = None
        while not self.times or time.monotonic() < self.ends:
            start = time.monotonic()
            if connection is None:
                connection = await opened(self.url, self._path())
            else:
                asked(connection[1], self._path())
            self.statuses.add(await asyncio.wait_for(answered(connection[0]), TIMEOUT))
            self.times.append(time.monotonic() - start)
            if self.pause:
                connection[1].close()
                connection = None
                await asyncio.sleep(self.pause)
        if connection:
            connection[1].close()

    def _path(self) -> str:
        return f"{self.path}&_={len(self.times)}-{self.ends}" if self.new else self.path


async def ask(url: str, clients: int, seconds: float, pause: float, new: bool) -> None:
    """Ask the questions of the board, one after the other; a line for each."""
    for name, (route, parameters) in BOARD.items():
        path, began = f"/v1/{route}?{urlencode(parameters, doseq=True)}", time.monotonic()
        asking = Asking(url, path, pause, began + seconds, new)
        await asyncio.gather(*(asking.client(pause * number / clients) for number in range(clients)))
        told = {"times": sorted(asking.times), "statuses": sorted(asking.statuses)}
        print(json.dumps({"name": name, "took": time.monotonic() - began} | told), flush=True)


async def listen(url: str, listeners: int) -> None:
    """A line when all have heard the first message, and for each one later: when the last of them did."""
    heard: list[asyncio.Queue[float]] = [asyncio.Queue() for _ in range(listeners)]

    async def listener(queue: asyncio.Queue[float]) -> None:
        reader, _ = await opened(url, "/v1/stream")
        while line := await reader.readline():
            if line.startswith(b"data: "):
                queue.put_nowait(time.monotonic())

    tasks = [asyncio.create_task(listener(queue)) for queue in heard]
    while True:
        times = [await queue.get() for queue in heard]
        print(json.dumps({"last": max(times)}), flush=True)
        if not await asyncio.to_thread(sys.stdin.readline):
            break
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        asyncio.run(
            ask(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]), "new" in sys.argv)
        )
    else:
        asyncio.run(listen(sys.argv[2], int(sys.argv[3])))
