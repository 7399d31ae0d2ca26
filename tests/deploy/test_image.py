"""The images: linted, built from files that are there, and the wheel inside is the same each time."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "deploy" / "Dockerfile", ROOT / "deploy" / "grafana" / "Dockerfile"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_a_dockerfile_has_no_lint(file: Path) -> None:
    linter = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([linter, "--no-color", file], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


def test_what_is_copied_is_let_through_and_all_of_the_wheel_is_copied() -> None:
    copied = {
        word
        for line in re.findall(r"^COPY (?!--)(.+)$", FILES[0].read_text(), re.MULTILINE)
        for word in line.split()[:-1]
    }
    let_through = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
    packages = re.search(r"^packages = \[(.+)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages
    assert set(re.findall(r'"(\w+)"', packages[1])) < copied


def test_the_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    env = os.environ | {"SOURCE_DATE_EPOCH": "1767225600"}
    digests = set()
    for place in ("a", "b"):
        source = tmp_path / place / "source"
        for name in re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE):
            copy(ROOT / name, source / name)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "hatchling",
                "build",
                "--target",
                "wheel",
                "--directory",
                tmp_path / place,
            ],
            cwd=source,
            env=env,
            check=True,
            capture_output=True,
        )
        (wheel,) = (tmp_path / place).glob("*.whl")
        digests.add(hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert len(digests) == 1


def copy(source: Path, target: Path) -> None:
    """As `COPY` does: with new times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(source, target, ignore=ignored, copy_function=shutil.copyfile)
    else:
        shutil.copyfile(source, target)
