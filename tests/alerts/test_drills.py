"""Alerts fire for real: the command, a worker, Prometheus, Alertmanager, and the notification received.

`reform-pulse drill --all` holds the others, too; it is left to people, for the time it takes.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli.drilling.drills import DRILLS
from tests.alerts.tools import need

COMMAND = (sys.executable, "-m", "streams", "drill")
HELD = (
    *("KpiFallen", "KpiBelowTarget", "OverdueRising", "LateWithoutApology", "AgencySilent", "SourceSilent"),
    *("DeadLettersRising", "CountsNotVerified", "CountsDiffer", "WorkerNotProgressing", "NoWorker"),
)


def drill(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.long  # one alert is delivered in tests/alerts/test_delivery.py, too
def test_alerts_are_told_and_those_that_are_mended_are_taken_back(tmp_path: Path) -> None:
    need("prometheus", "prometheus-alertmanager")
    done = drill(tmp_path, *HELD)
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(re.findall(r"^(\w+) \((?:info|warning|critical)\): (.+)$", done.stdout, re.MULTILINE))
    assert list(told) == list(HELD)
    assert "Tỷ lệ hồ sơ nộp trực tuyến của H51.21 giảm" in told["KpiFallen"]
    assert "/h51/documents" in told["SourceSilent"]
    resolved = re.findall(r"^(\w+): đã hết", done.stdout, re.MULTILINE)
    assert resolved == [name for name in HELD if DRILLS[name].mend]
    assert not any(tmp_path.iterdir()), "nothing is left behind"


def test_without_an_alert_they_are_listed(tmp_path: Path) -> None:
    assert drill(tmp_path).stdout.split() == list(DRILLS)
    wrong = drill(tmp_path, "KpiFalen")
    assert wrong.returncode == 2
    assert "KpiFallen" in wrong.stderr
