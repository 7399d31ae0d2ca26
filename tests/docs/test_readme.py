"""The README's commands and its Python are run as they stand, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
ROOT = README.parent


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "COLUMNS": "120"}


@pytest.mark.parametrize("script", blocks("sh"))
def test_commands(script: str, environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "99,87 %" in done.stdout  # the figure that the README promises
    assert "stored and recounted agree" in done.stdout


@pytest.mark.parametrize("program", blocks("python"))
def test_python(program: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_there_is_something_to_run() -> None:
    assert blocks("sh")
    assert blocks("python")


def test_every_command_is_named() -> None:
    from streams.cli.main import app

    named = {
        line.split("`")[1].split()[0]
        for line in README.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    }
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    assert commands <= named
