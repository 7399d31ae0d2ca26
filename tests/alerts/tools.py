"""Prometheus and Alertmanager as they are installed, for tests; skipped where they are missing."""

import shutil
import time
from collections.abc import Callable

import pytest


def need(*programs: str) -> list[str]:
    """Where programs are installed; skips the test when one is missing."""
    found = [shutil.which(program) for program in programs]
    missing = [name for name, path in zip(programs, found, strict=True) if path is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (Debian: prometheus, prometheus-alertmanager)")
    return [path for path in found if path]


def until(condition: Callable[[], object], what: Callable[[], object], seconds: float = 180) -> None:
    """Wait until the condition holds; `what`: told when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)
