"""The chart as Helm renders it; skips where Helm is missing."""

import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
import yaml

from tests.deploy.compose import ROOT

CHART = ROOT / "deploy" / "kubernetes" / "reform-pulse"
EVERYTHING = ("monitoring.enabled=true", "monitoring.dashboards=true", "ingress.enabled=true")


def helm(*words: object) -> str:
    """What Helm prints; fails with what it says."""
    program = shutil.which("helm")
    if program is None:
        pytest.skip("Helm is not installed: python -m tests.deploy.install_helm FOLDER (one on the path)")
    said = subprocess.run([program, *map(str, words)], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


@cache
def rendered(*sets: str) -> tuple[dict[str, Any], ...]:
    """All objects, with these values set."""
    text = helm("template", "rp", CHART, *(word for each in sets for word in ("--set", each)))
    return tuple(each for each in yaml.safe_load_all(text) if each)


def pods(objects: tuple[dict[str, Any], ...]) -> dict[str, dict[str, Any]]:
    """The specifications of the pods by the kind of what makes them."""
    makers = {each["kind"]: each.get("spec", {}) for each in objects}
    makers |= {kind: spec["jobTemplate"]["spec"] for kind, spec in makers.items() if "jobTemplate" in spec}
    return {kind: spec["template"]["spec"] for kind, spec in makers.items() if "template" in spec}


def of_kind(objects: tuple[dict[str, Any], ...], kind: str) -> list[dict[str, Any]]:
    """The objects of one kind."""
    return [each for each in objects if each["kind"] == kind]
