"""An installation's folder with its secrets, as `prepare.sh` makes them."""

import shutil
import subprocess
from pathlib import Path

from tests.deploy.compose import FOLDER

SITE = "localhost"


def prepared(folder: Path) -> Path:
    """Copy deploy/compose into the folder, make the secrets; returns the copy."""
    ignored = shutil.ignore_patterns("secrets", ".env")
    copy = Path(shutil.copytree(FOLDER, folder / "compose", ignore=ignored))
    subprocess.run([copy / "prepare.sh", SITE], check=True, capture_output=True)
    return copy


def replaced(file: Path, changes: dict[str, object]) -> None:
    """Put other words into a file; each must be in it."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{file.name} has no `{old}`"
        text = text.replace(old, str(new))
    file.write_text(text, encoding="utf-8")
