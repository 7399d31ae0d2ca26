"""Prometheus and Alertmanager read what compose mounts."""

import subprocess
from pathlib import Path

from tests.alerts.tools import need
from tests.deploy.compose import FOLDER, ROOT, single
from tests.deploy.prepared import replaced


def test_prometheus_takes_its_configuration_and_the_rules(tmp_path: Path) -> None:
    (promtool,) = need("promtool")
    mounts = [volume.split(":")[:2] for volume in single()["prometheus"]["volumes"]]
    rules = {target: (FOLDER / source).resolve() for source, target in mounts}["/etc/prometheus/rules"]
    config = tmp_path / "prometheus.yml"
    config.write_bytes((FOLDER / "prometheus" / "prometheus.yml").read_bytes())
    replaced(config, {"/etc/prometheus/rules": rules})
    said = subprocess.run([promtool, "check", "config", config], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert f"{len(list(rules.glob('*.yml')))} rule files found" in said.stdout


def test_alertmanager_takes_its_configuration() -> None:
    (amtool,) = need("amtool")
    (source,) = [volume.split(":")[0] for volume in single()["alertmanager"]["volumes"] if ".yml:" in volume]
    file = (FOLDER / source).resolve()
    assert file.is_relative_to(ROOT)
    said = subprocess.run([amtool, "check-config", file], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
