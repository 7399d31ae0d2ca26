"""`python -m bench.gateway`: events a second through the HTTP gateway, at a given load, on one core.

    python -m bench.gateway [--rate 20000] [--batch 500] [--seconds 30] [--connections 8] [--core 0]

Starts the embedded broker and `serve --only gateway` on a core of its own, and sends batches over keep-alive
connections at even times, whether earlier ones are answered or not. The latency of a request counts from when
it was due, so a stall is seen by all requests that it held up. Prints what was acknowledged, the
latencies, and the processor time of the gateway per event. See docs/gateway.md.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sources import nga_nam
from streams.broker import Broker

SERVE = [sys.executable, "-m", "streams", "serve", "--only", "gateway", "--port", "0"]
TICK = os.sysconf("SC_CLK_TCK")


def requests(batch: int, number: int) -> list[bytes]:
    """Whole HTTP requests with batches of real events."""
    records = [json.dumps(event, ensure_ascii=False) for event in nga_nam.events()[: batch * number]]
    return [request(f"[{','.join(records[i : i + batch])}]".encode()) for i in range(0, len(records), batch)]


def request(body: bytes) -> bytes:
    """A request with a batch."""
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/cloudevents-batch+json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load:
    """Requests at even times over some connections; each takes the next one that is due."""

    def __init__(self, bodies: list[bytes], every: float, seconds: float) -> None:
        self._bodies, self._every = bodies, every
        self._total = int(seconds / every)
        self._next = 0
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def run(self, port: int, connections: int) -> float:
        """Send all; returns the seconds that it took."""
        self._start = time.perf_counter() + 0.1
        await asyncio.gather(*(self._connection(port) for _ in range(connections)))
        return time.perf_counter() - self._start

    async def _connection(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while self._next < self._total:
            number, self._next = self._next, self._next + 1
            due = self._start + number * self._every
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(self._bodies[number % len(self._bodies)])
            self.statuses[await answered(reader)] += 1
            self.latencies.append(time.perf_counter() - due)
        writer.close()


async def answered(reader: asyncio.StreamReader) -> int:
    """Read one answer; returns its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split(b" ", 2)[1])


def yardstick() -> float:
    """Microseconds that `json.loads` takes for one of the events, here and now: how busy the machine is."""
    records = [json.dumps(event, ensure_ascii=False) for event in nga_nam.events()[:20_000]]
    began = time.process_time()
    for record in records:
        json.loads(record)
    return (time.process_time() - began) / len(records) * 1e6


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def started(kafka: str, core: int) -> tuple[subprocess.Popen[str], int]:
    """The gateway on its core, and its port."""
    environment = os.environ | {"REFORM_PULSE_GATEWAY_RATE": "1e9", "REFORM_PULSE_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *SERVE, "--kafka", kafka],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return process, int(found[1])
    raise SystemExit("the gateway did not start")


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=20_000, help="events per second")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--core", type=int, default=0)
    options = parser.parse_args()
    every = options.batch / options.rate
    bodies = requests(options.batch, max(1, 100_000 // options.batch))
    with Broker() as broker:
        process, port = started(broker.bootstrap, options.core)
        try:
            asyncio.run(Load(bodies, every, 3).run(port, options.connections))  # warm
            before, load = processor_seconds(process.pid), Load(bodies, every, options.seconds)
            took = asyncio.run(load.run(port, options.connections))
            used = processor_seconds(process.pid) - before
            measure = yardstick()
        finally:
            process.terminate()
            process.wait()
    report(load, options.batch, took, used)
    print(f"json.loads of one event meanwhile: {measure:.1f} us")


def report(load: Load, batch: int, took: float, used: float) -> None:
    """Print the figures."""
    times = sorted(load.latencies)
    events = load.statuses[202] * batch
    print(f"{len(times):,} requests in {took:.1f} s; answers: {dict(load.statuses)}")
    each = used / max(1, events) * 1e6
    print(f"{events / took:,.0f} events/s acknowledged; {each:.1f} us processor per event")
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    places = {name: min(len(times) - 1, int(len(times) * share)) for name, share in shares.items()}
    print("  ".join(f"{name} {times[place] * 1e3:.0f} ms" for name, place in places.items()))


if __name__ == "__main__":
    main()
