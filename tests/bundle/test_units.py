"""The units, as the installer writes them, before systemd itself: they are valid, and let nothing out."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from deploy.bundle.wheels import ROOT
from streams.settings import PREFIX, Settings
from tests.bundle.small import small_bundle
from tests.bundle.test_installer import TIMER, UNITS, install
from tests.deploy.commands import parse, unknown

OF_THE_BOARD = {"oidc_client_secret", "session_secret"}
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


def test_prometheus_asks_the_first_worker(units: Path) -> None:
    (port,) = re.findall(
        r"REFORM_PULSE_METRICS_PORT=(\d+)%i", (units / "reform-pulse-worker@.service").read_text()
    )
    (job,) = [
        each
        for each in yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["scrape_configs"]
        if each["job_name"] == "reform-pulse"
    ]
    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{port}1"]}]


def test_their_user_can_be_made(units: Path) -> None:
    file = units.parent / "prefix" / "sysusers.conf"
    told = subprocess.run(
        ["systemd-sysusers", "--dry-run", file], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert "reform-pulse" in told.stdout + told.stderr
    assert str(units.parent / "data") in file.read_text()


@pytest.mark.parametrize("name", [name for name in UNITS if name != "kafka"])
def test_they_say_what_the_program_understands(units: Path, name: str) -> None:
    """Commands, options, settings; and every secret setting is loaded, from a file that is there."""
    text = (units / f"reform-pulse-{name}.service").read_text()
    (command,) = re.findall(r"^ExecStart=\S+/reform-pulse (.*)$", text, re.MULTILINE)
    parse([word for word in command.split() if not word.startswith("$")])
    assert unknown(re.findall(r"REFORM_PULSE_\w+", text)) == set()
    loaded = dict(re.findall(r"^LoadCredential=(\w+):(\S+)$", text, re.MULTILINE))
    secret = {field for field, about in Settings.model_fields.items() if about.annotation is SecretStr}
    if name != "serve":
        secret -= OF_THE_BOARD
    assert set(loaded) == {f"{PREFIX}{field}".lower() for field in secret}
    assert [file for file in loaded.values() if not Path(file).is_file()] == []


def test_the_options_that_are_given_by_files_are_understood(units: Path) -> None:
    etc = units.parent / "etc"
    for name in ("worker", "digest"):
        (options,) = re.findall(
            r"^(?:# )?[A-Z]+_OPTIONS=(.*)$", (etc / f"{name}.env").read_text(), re.MULTILINE
        )
        parse([name, *options.split()])
    assert Settings.model_fields.keys() >= tomllib.loads((etc / "reform-pulse.toml").read_text()).keys()


@pytest.mark.parametrize("name", UNITS)
def test_they_are_hardened(units: Path, name: str) -> None:
    analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit(units, name))
