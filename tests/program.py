"""The program as a process of its own: what opens a store that is not the test process's."""

import os
import subprocess
import sys
from collections.abc import Mapping


def run(*words: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `reform-pulse` with these words; its output as text."""
    command = [sys.executable, "-m", "streams", *(str(word) for word in words)]
    return subprocess.run(command, env=os.environ | dict(env or {}), capture_output=True, text=True)
