"""The lock file holds what pyproject.toml asks for, and nothing of the machine that made it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))


def wanted() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].values()
    lists = [project["project"]["dependencies"], *extras, *project["dependency-groups"].values()]
    return [requirement for requirements in lists for requirement in requirements]


@pytest.mark.parametrize("requirement", wanted())
def test_every_dependency_is_pinned_in_its_range(requirement: str) -> None:
    need = Requirement(requirement)
    pin = PINS.get(canonicalize_name(need.name))
    assert pin is not None, "run `make lock`"
    assert need.specifier.contains(pin), "run `make lock`"


def test_every_pin_has_a_hash() -> None:
    blocks = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) >= len(PINS) > 0
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_names_no_registry_and_no_folder() -> None:
    assert not re.search(r"https?://|^--|file:|(^|\s)/", LOCK, re.MULTILINE)
