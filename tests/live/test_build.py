"""What is checked in is what the sources give."""

import shutil
import subprocess
from pathlib import Path

import pytest

from serving.live.files import FOLDER
from tests.live.conftest import WEB


def node(*arguments: str | Path) -> None:
    program = shutil.which("node")
    assert program
    done = subprocess.run([program, *arguments], cwd=WEB, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("packages")
def test_the_files_are_those_of_the_sources(tmp_path: Path) -> None:
    node("build.js", tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in FOLDER.iterdir()}, (
        "serving/live/static is not built from serving/live/web: npm run build"
    )


def test_the_sources_have_no_type_errors(packages: Path) -> None:
    node(packages / "typescript" / "bin" / "tsc", "--noEmit")


def test_the_lock_file_names_no_machine() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text()
