"""The compose files as Docker would see them: the single server, and the cluster on top of it."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "compose"
FILES = ("compose.yaml", "compose.cluster.yaml")


def read(name: str) -> dict[str, Any]:
    """One file, with its anchors put in."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def single() -> dict[str, Any]:
    """The services of the single server, by name."""
    services: dict[str, Any] = read("compose.yaml")["services"]
    return services


def cluster() -> dict[str, Any]:
    """The services of the cluster: those of the single server with what the second file says on top."""
    below = single()
    above: dict[str, Any] = read("compose.cluster.yaml")["services"]
    for name, service in above.items():
        base = service.pop("extends", None)
        below[name] = (
            merged(below[base["service"] if base else name], service) if base or name in below else service
        )
    return below


def merged(below: Any, above: Any) -> Any:
    """As the specification merges files: maps by key, lists one after the other, the rest is replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        both = {key: merged(below[key], above[key]) for key in below.keys() & above.keys()}
        return below | above | both
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]
    return above


def words(service: dict[str, Any]) -> list[str]:
    """Arguments of `reform-pulse` in this service."""
    return list(map(str, service["command"]))


def script_commands() -> list[list[str]]:
    """What `docker compose run --rm tools ...` is told in our scripts and documents."""
    texts = [*FOLDER.glob("*.sh"), ROOT / "docs" / "install.md"]
    joined = "\n".join(
        text.read_text(encoding="utf-8").replace("\\\n", " ") for text in texts if text.exists()
    )
    return [shlex.split(found) for found in re.findall(r"run --rm [^\n]*?tools ([^|<>;`\n]+)", joined)]
