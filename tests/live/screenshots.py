"""Takes the pictures of the docs: `python -m tests.live.screenshots [ADDRESS]`.

Without an address of a running board it simulates a province, counts it, and serves it. Needs Chromium.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from schemas.instant import VIETNAM
from tests.live.chromium import browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PROGRAM = Path(sys.executable).with_name("reform-pulse")
DAYS = 60
LOADED = "document.querySelectorAll('#ranking tbody tr').length && document.querySelector('.pulse.live')"
DETAIL = "document.querySelector('#detail dl')"


def take(address: str) -> None:
    """The board on a desk, and its answer to `why`."""
    IMAGES.mkdir(exist_ok=True)
    with browser() as page:
        page.size(1366, 768)
        for name, query, ready in (
            ("board", "?minimum=10", LOADED),
            ("board-why", "?why=online_dossier_rate", DETAIL),
        ):
            page.goto("about:blank")
            page.goto(f"{address}/{query}")
            page.until(ready)
            page.picture(IMAGES / f"{name}.png")


@contextmanager
def province() -> Iterator[str]:
    """A simulated province up to today, served; gives the address."""
    first = (datetime.now(VIETNAM) - timedelta(days=DAYS)).date()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulated = ["--dossiers", "3000", "--days", str(DAYS + 1), "--from", f"{first}"]
        _run("simulate", *simulated, "--output", f"{folder}/events", "--reference", f"{folder}/reference")
        _run("replay", f"{folder}/events", "--store", f"{folder}/store")
        _run("reference", "load", f"{folder}/reference", "--store", f"{folder}/store")
        serve = [
            PROGRAM,
            "serve",
            "--store",
            folder / "store",
            "--only",
            "query",
            "--only",
            "board",
            "--port",
            "0",
        ]
        process = subprocess.Popen(serve, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            yield next(line for line in process.stderr if line.startswith("http")).strip()
        finally:
            process.terminate()
            process.wait(30)


def _run(*arguments: str) -> None:
    subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    if sys.argv[1:]:
        take(sys.argv[1].rstrip("/"))
    else:
        with province() as served:
            take(served)
