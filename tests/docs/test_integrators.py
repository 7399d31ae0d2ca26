"""The commands and the program of docs/integrators.md are run as they stand, against a server with keys."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serving.api import stream
from tests.api.conftest import Counting, keys, reader, served, tell
from tests.e2e.feed import whole

__all__ = ["keys", "reader", "tell"]
PAGE = Path(__file__).parents[2] / "docs" / "integrators.md"
BLOCKS = re.findall(r"^```(console|python)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
COMMANDS = [line[2:] for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]
(PROGRAM,) = [text for kind, text in BLOCKS if kind == "python"]


@pytest.fixture(scope="module")
def feed() -> list[dict[str, Any]]:
    """All of it: the page shows numbers."""
    return whole()


@pytest.fixture(scope="module")
def environment(reader: Counting, keys: tuple[Path, dict[str, str]]) -> Iterator[dict[str, str]]:
    with served(reader, keys[0]) as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "ALIVE_SECONDS", 0.2)  # curl notices at the next message that nobody reads on
        yield os.environ | {"API": str(client.base_url), "KEY": keys[1]["town"]}


def ran(command: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_commands(environment: dict[str, str], tmp_path: Path) -> None:
    assert len(COMMANDS) > 10
    told = ran(["bash", "-ex", "-c", "\n".join(COMMANDS)], environment, tmp_path)
    assert '"numerator":4618,"denominator":17510' in told.replace(" ", "")
    assert "event: figures" in told
    assert (tmp_path / "kpis.parquet").read_bytes()[:4] == b"PAR1"


def test_the_program_pages_through_all_late_dossiers(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "pages.py"
    file.write_text(PROGRAM, encoding="utf-8")
    assert len(ran([sys.executable, str(file)], environment, tmp_path).splitlines()) == 3
