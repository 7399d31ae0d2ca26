"""The rule that nothing is skipped in silence in CI, tried on a small test run of its own."""

import os
import subprocess
import sys
from pathlib import Path

CASES = """
import pytest
@pytest.mark.skip(reason="not today")
def test_skipped(): ...
@pytest.mark.xfail(strict=True, reason="known")
def test_known(): assert False
def test_good(): ...
"""
SELF_SKIPPING = "import pytest; pytest.skip('not here', allow_module_level=True)"


def run(folder: Path, **env: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root), **env}
    done = subprocess.run(
        [*command, str(folder)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_a_skip_is_a_skip(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(CASES)
    assert "1 passed, 1 skipped, 1 xfailed" in run(tmp_path, REFORM_PULSE_NO_SKIP="")


def test_in_ci_a_skip_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(CASES)
    output = run(tmp_path, REFORM_PULSE_NO_SKIP="1")
    assert "1 passed, 1 xfailed, 1 error" in output
    assert "not today" in output


def test_in_ci_a_skipped_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SELF_SKIPPING)
    output = run(tmp_path, REFORM_PULSE_NO_SKIP="1")
    assert "1 error" in output
    assert "not here" in output
