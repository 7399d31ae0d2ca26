"""The units, as the installer writes them, before systemd itself: they are valid, and let nothing out."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bundle.small import small_bundle
from tests.bundle.test_installer import TIMER, UNITS, install

MOST_EXPOSED = 20
"""In tenths; systemd calls up to 2.0 of 10 "OK". The network is what remains."""


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of installed units."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    root = tmp_path_factory.mktemp("installed")
    done = install(small_bundle(root / "bundle"), root)
    assert done.returncode == 0, done.stderr
    return root / "units"


def analyze(*words: str | Path) -> str:
    done = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def unit(units: Path, name: str) -> str:
    """Where a unit is; the template as an instance."""
    return str(units / f"reform-pulse-{name}.service").replace("@.", "@1.")


def test_they_are_valid(units: Path) -> None:
    told = analyze("verify", "--man=no", units / TIMER, *(unit(units, name) for name in UNITS))
    assert [line for line in told.splitlines() if "reform-pulse" in line] == []


@pytest.mark.parametrize("name", UNITS)
def test_they_are_hardened(units: Path, name: str) -> None:
    analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit(units, name))
