"""The board over the store of the test process, with the quarter of Ngã Năm in it."""

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from serving.api.alerts import Alertmanager
from serving.api.desk import Desk
from serving.api.reader import Sight
from serving.api.router import router as api
from serving.live.router import router as board
from streams.cli.querying import StoreReader
from tests.api.conftest import CATALOGUE, NOW, feed, keys, reader, tell
from tests.live.chromium import Page, browser, program
from web.application import application
from web.doorkeeper import Doorkeeper
from web.key_file import KeyFile
from web.limits import RateLimit
from web.server import Server, listen

__all__ = ["feed", "keys", "reader", "tell"]
WEB = Path(__file__).parents[2] / "serving" / "live" / "web"


def serving(
    reader: StoreReader,
    port: int = 0,
    keys: Path | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    alertmanager: str = "",
) -> Server:
    """A server of API and board that runs; the caller stops it."""
    desk = Desk(Sight(reader, CATALOGUE, clock), Doorkeeper(KeyFile(keys) if keys else None), RateLimit(1e6))
    query = api(desk, alertmanager=Alertmanager(alertmanager) if alertmanager else None)
    server = Server(application("test", "1", [query, board()]), listen("127.0.0.1", port))
    server.start()
    return server


@pytest.fixture(scope="module")
def server(reader: StoreReader) -> Iterator[Server]:
    """API and board without keys."""
    made = serving(reader)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    """A tab of a real Chromium."""
    if not program():
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with browser() as page:
        yield page


@pytest.fixture(scope="session")
def packages() -> Path:
    """The npm packages of the board's build, installed from the lock file."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not installed (Debian: apt install npm)")
    with (WEB / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker of pytest-xdist may be at it
        stamp = WEB / "node_modules" / ".package-lock.json"
        if not stamp.exists() or stamp.stat().st_mtime < Path(lock.name).stat().st_mtime:
            install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(install, cwd=WEB, check=True, stdout=subprocess.DEVNULL)
    return WEB / "node_modules"
