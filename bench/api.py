"""The query API under load: how long a board waits, and how many can listen.

    python -m bench.api DIR [--dossiers 10000000] [--clients 200] [--listeners 500] [--seconds 30]

Fills DIR first with the counts of a large province (bench/province_counts.py), and serves it from this
process on one core; who asks runs in another process on another core, if there is one. Prints, for each
question of the live board:

* one client that never asks the same twice, as fast as it is answered: what a question costs,
* so many boards that ask every ten seconds, while something changes every second: how long each waits,
* so many clients that ask the same as fast as they are answered: what one core can do,

and for server-sent events how long it takes from a change in the store until the last listener has heard of
it, and how many times the store was asked for that.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from clickhouse_connect.driver.client import Client

from bench.province_counts import LAST_DAY, opened
from schemas.catalogue import load
from schemas.instant import VIETNAM
from schemas.selection import Counts
from serving.api.desk import Desk
from serving.api.reader import Sight
from serving.api.router import router
from sinks.clickhouse.client import connect
from streams.cli.querying import StoreReader
from streams.garbage import calm
from web.application import application
from web.doorkeeper import Doorkeeper
from web.limits import RateLimit
from web.server import Server, listen

BOARD_SECONDS = 10.0
CHANGES = 10
NOON = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=VIETNAM)


class Reader(StoreReader):
    """Counts how often the counts were asked for, one thread a query."""

    asked = 0

    def __init__(self, directory: Path) -> None:
        super().__init__(lambda: _one_thread(connect(directory)))

    def counts(self) -> Counts:
        self.asked += 1
        return super().counts()


def _one_thread(client: Client) -> Client:
    client.set_client_setting("max_threads", 1)
    return client


@contextmanager
def served(reader: StoreReader) -> Iterator[str]:
    """The query API on a free port."""
    sight = Sight(reader, load(), lambda: NOON + timedelta(seconds=time.monotonic() % 60))
    app = application("bench", "1", [router(Desk(sight, Doorkeeper(None), RateLimit(1e9)))])
    server = Server(app, listen("127.0.0.1", 0))
    calm()
    server.start()
    try:
        yield server.address
    finally:
        server.stop()


def clients(core: int, *words: object, stdin: IO[str] | int | None = None) -> subprocess.Popen[str]:
    """Start the other side on a core."""
    command = [sys.executable, "-m", "bench.api_load", *(str(word) for word in words)]
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )


def asking(core: int, title: str, *words: object) -> None:
    """Let clients ask, and print what they say of each question."""
    before = time.process_time()
    with clients(core, "ask", *words) as process:
        assert process.stdout is not None
        for line in process.stdout:
            cpu, before = time.process_time() - before, time.process_time()
            print(f"{title}: {_told(json.loads(line), cpu)}", flush=True)
    assert process.returncode == 0


def _told(found: dict[str, Any], cpu: float) -> str:
    times, number = found["times"], len(found["times"])
    assert found["statuses"] == [200], found["statuses"]
    p50, p95 = (times[min(number - 1, int(number * share))] * 1000 for share in (0.5, 0.95))
    return (
        f"{found['name']}: {number:,} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"worst {times[-1] * 1000:.0f} ms, {number / found['took']:.0f}/s, "
        f"{cpu / number * 1000:.1f} ms of CPU each"
    )


def listening(core: int, address: str, listeners: int, reader: Reader, change: Callable[[], None]) -> None:
    """Let clients listen, change something again and again, and print when the last of them has heard."""
    with clients(core, "listen", address, listeners, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        asked, waits, before = reader.asked, [], time.process_time()
        for _ in range(CHANGES):
            began = time.monotonic()
            process.stdin.write("\n")
            process.stdin.flush()
            change()
            waits.append(json.loads(process.stdout.readline())["last"] - began)
        cpu = time.process_time() - before
        process.stdin.close()
    waits.sort()
    print(
        f"{listeners} listeners: the last hears of a change after {waits[CHANGES // 2] * 1000:.0f} ms "
        f"(median), {waits[-1] * 1000:.0f} ms (worst); {(reader.asked - asked) / CHANGES:.1f} questions and "
        f"{cpu / CHANGES * 1000:.0f} ms of CPU per change"
    )


def changing(client: Client) -> Callable[[], None]:
    """What moves the store on by one record."""

    def change() -> None:
        client.command(
            "INSERT INTO progress (topic, epoch, partition, next_offset) "
            "SELECT topic, epoch, partition, max(next_offset) + 1 FROM progress "
            "WHERE topic = 'reform.dossiers' AND partition = 0 GROUP BY ALL"
        )

    return change


@contextmanager
def every_second(change: Callable[[], None]) -> Iterator[None]:
    """Change something each second, beside other work."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(1.0):
            change()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="DIR")
    for name, value in (("dossiers", 10_000_000), ("clients", 200), ("listeners", 500), ("seconds", 30)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    store = opened(options.directory, options.dossiers)
    first, *others = sorted(os.sched_getaffinity(0))
    other = others[0] if others else first
    os.sched_setaffinity(0, {first})
    reader = Reader(options.directory)
    with served(reader) as address:
        asking(other, "1 client, nothing kept", address, 1, options.seconds / 3, 0, "new")
        boards, seconds = f"{options.clients} boards", max(options.seconds, BOARD_SECONDS * 2)
        with every_second(changing(connect(options.directory))):
            asking(other, boards, address, options.clients, seconds, BOARD_SECONDS)
        asking(other, f"{options.clients} clients at once", address, options.clients, options.seconds / 3, 0)
        listening(other, address, options.listeners, reader, changing(store))


if __name__ == "__main__":
    main()
