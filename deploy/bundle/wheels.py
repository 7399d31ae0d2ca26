"""What the program needs to run, out of the lock file that has the development's tools as well."""

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT, EXTRA = "reform-pulse", "embedded"


def fetch(folder: Path) -> str:
    """Download the wheels into a folder; the lines of the lock file that they were held to."""
    locked = lock((ROOT / "requirements.lock").read_text(encoding="utf-8"), needed())
    requirements = folder.with_name("download.txt")
    requirements.write_text(locked, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", str(folder)]
    subprocess.run([*pip, *options, "-r", str(requirements)], check=True)  # noqa: S603 - ours
    requirements.unlink()
    return locked


def needed() -> set[str]:
    """The names of all packages that the program with its embedded engine depends on, here."""
    found: set[str] = set()
    open_ = [(PROJECT, frozenset({EXTRA}))]
    while open_:
        name, extras = open_.pop()
        for requirement in map(Requirement, requires(name) or ()):
            key = canonicalize_name(requirement.name)
            if _holds(requirement, extras) and (key not in found or requirement.extras):
                found.add(key)
                open_.append((key, frozenset(requirement.extras)))
    return found


def _holds(requirement: Requirement, extras: frozenset[str]) -> bool:
    environment = default_environment()
    return requirement.marker is None or any(
        requirement.marker.evaluate({**environment, "extra": extra}) for extra in extras or {""}
    )


def lock(text: str, names: set[str]) -> str:
    """The entries of a lock file with these names."""
    entries = re.findall(r"^[^\s#].*(?:\n[ \t].*)*\n?", text, re.MULTILINE)
    return "".join(entry for entry in entries if canonicalize_name(re.split(r"[=\[ ]", entry)[0]) in names)
