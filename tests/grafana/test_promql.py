"""Every PromQL expression parses, and names metrics that the catalogue of metrics has."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from streams.metrics import CATALOGUE, Kind
from tests.grafana.dashboards import promql

EXPRESSIONS = {query.name: query.target["expr"] for query in promql()}
NAME = re.compile(r"\breform_pulse_\w+")
PARTS = ("_bucket", "_sum", "_count")
SAMPLES = {metric.sample: metric for metric in CATALOGUE.values()} | {
    f"{metric.name}{part}": metric
    for metric in CATALOGUE.values()
    if metric.kind is Kind.HISTOGRAM
    for part in PARTS
}


def test_there_are_some() -> None:
    assert len(EXPRESSIONS) >= 10


@pytest.mark.parametrize("panel", EXPRESSIONS)
def test_its_metrics_and_labels_exist(panel: str) -> None:
    names = NAME.findall(EXPRESSIONS[panel])
    assert names
    labels = {label for name in names for label in SAMPLES[name].labels} | {"le", "instance", "job"}
    for group in re.findall(r"\bby \(([^)]*)\)", EXPRESSIONS[panel]):
        assert {label.strip() for label in group.split(",")} <= labels


def test_promtool_reads_them(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(EXPRESSIONS.values())]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    subprocess.run([promtool, "check", "rules", str(file)], check=True, capture_output=True)
